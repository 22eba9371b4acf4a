import { type TestContext, test } from 'vitest'
import type { Options } from './options.ts'
import type { Result } from './result.ts'
import { type Stage, simulate } from './run.ts'
import { FakeHub } from './test/fake-hub.ts'

/**
 * A small fleet that lives fast, but not so fast that a busy machine, which stands still for seconds, kills it. How long it
 * lives is left to each test: until what it is about has happened.
 */
const OPTIONS: Options = {
  servers: 6,
  intervalMs: 100,
  offlineAfterSeconds: 4,
  rampIntervals: 1,
  silence: 2,
  silenceAfterMs: 1_000,
  resumeAfterMs: null,
  flap: 0,
  weather: { share: 0, loss: 0, delayMs: 0 },
  stampedeAfterMs: null,
  subscribers: 0,
  durationMs: 20_000,
  graceMs: 1_000,
  patienceMs: 0,
  maxLagMs: null,
  sockets: 4,
  url: undefined,
  token: undefined,
  keep: false,
  json: false,
}
/** Of the six, the first and the fourth are silenced. */
const SILENCED = 'sim-00001'
const LIVING = 'sim-00002'
const LOOK_MS = 10

/** The tests run side by side, each with a hub of its own. */
async function startHub({ onTestFinished }: Pick<TestContext, 'onTestFinished'>): Promise<FakeHub> {
  const hub = await FakeHub.start()
  onTestFinished(() => hub.stop())
  return hub
}

type Run = Partial<Options> & Pick<Partial<Stage>, 'log' | 'progressEveryMs'> & { isOver?: () => boolean }

/** Ended once it is over, as by Ctrl-C, where the duration does not end it before. */
function run(
  hub: FakeHub,
  { isOver = () => false, log = () => {}, progressEveryMs, ...options }: Run = {},
): Promise<Result> {
  const ending = new AbortController()
  const look = setInterval(() => isOver() && ending.abort(), LOOK_MS)
  const stage = { hub: hub.address, options: { ...OPTIONS, ...options }, signal: ending.signal, log }
  return simulate({ ...stage, ...(progressEveryMs && { progressEveryMs }) }).finally(() => clearInterval(look))
}

const allDead = (hub: FakeHub) => () => hub.events.filter(({ to }) => to === 'OFFLINE').length === OPTIONS.silence

/** Does something when the simulator says that it silences its servers. */
function onSilence(act: () => void): (line: string) => void {
  return (line) => {
    if (line.includes('fall silent')) act()
  }
}

function faultsOf({ faults }: Result) {
  return Object.fromEntries(Object.entries(faults).filter(([, count]) => count > 0))
}

function serverOf(hub: FakeHub, name: string) {
  const server = [...hub.servers.values()].find((candidate) => candidate.name === name)
  if (!server) throw new Error(`no server ${name}`)
  return server
}

test.concurrent('an honest hub passes: those that fell silent are OFFLINE, and nothing else happened', async ({
  expect,
  onTestFinished,
}) => {
  const hub = await startHub({ onTestFinished })
  const result = await run(hub, { isOver: allDead(hub) })
  expect(result.findings).toEqual([])
  expect(result).toMatchObject({ ok: true, rightlyOffline: 2, events: { total: 8, offline: 2, live: 6 } })
  expect(result.heartbeats.acknowledged).toBeGreaterThan(40)
  expect(result.lagMs.offline).toMatchObject({ count: 2 })
})

test.concurrent('those that come back are told to be back', async ({ expect, onTestFinished }) => {
  const hub = await startHub({ onTestFinished })
  const result = await run(hub, { resumeAfterMs: 6_000, isOver: () => hub.events.length === 10 })
  expect(result).toMatchObject({ ok: true, rightlyOffline: 2, events: { total: 10, offline: 2, live: 8 } })
})

test.concurrent('a hub that calls a living server OFFLINE is found out', async ({ expect, onTestFinished }) => {
  const hub = await startHub({ onTestFinished })
  const lie = () => hub.change(serverOf(hub, LIVING), 'OFFLINE', 'HEARTBEAT_EXPIRED', Date.now())
  const result = await run(hub, { log: onSilence(lie), isOver: () => hub.events.length === 8 })
  expect(result.ok).toBe(false)
  expect(faultsOf(result)).toEqual({ FALSE_OFFLINE: 1 })
  expect(result.findings[0]?.server).toBe(LIVING)
})

test.concurrent('a hub that misses a death is found out', async ({ expect, onTestFinished }) => {
  const hub = await startHub({ onTestFinished })
  hub.blindTo.add(SILENCED)
  // By limit, grace, and a second that the two clocks may disagree by.
  const isOverdue = () => hub.servers.size > 0 && Date.now() - (serverOf(hub, SILENCED).heardAt ?? Infinity) > 6_000
  expect(faultsOf(await run(hub, { isOver: isOverdue }))).toEqual({ MISSED_OFFLINE: 1 })
})

test.concurrent('a hub that tells everything twice is found out', async ({ expect, onTestFinished }) => {
  const hub = await startHub({ onTestFinished })
  const lie = () => {
    hub.tellings = 2
  }
  const result = await run(hub, { log: onSilence(lie), isOver: () => hub.events.length === 10 })
  expect(faultsOf(result)).toEqual({ DOUBLED: 2 })
})

test.concurrent('a hub that shows what it did not tell is found out', async ({ expect, onTestFinished }) => {
  const hub = await startHub({ onTestFinished })
  const lie = () => {
    serverOf(hub, LIVING).status = 'WARNING'
  }
  const result = await run(hub, { log: onSilence(lie), durationMs: 1_500 })
  expect(faultsOf(result)).toEqual({ UNTOLD: 1 })
})

test.concurrent('a hub that loses what it acknowledged is found out', async ({ expect, onTestFinished }) => {
  const hub = await startHub({ onTestFinished })
  hub.blindTo.add(SILENCED)
  let hasLied = false
  const lie = () => {
    setTimeout(() => {
      serverOf(hub, SILENCED).heardAt = Date.now() - 60_000
      hasLied = true
    }, 200)
  }
  const result = await run(hub, { log: onSilence(lie), isOver: () => hasLied })
  expect(faultsOf(result)).toEqual({ HEARTBEAT_LOST: 1 })
})

test.concurrent('a hub that is too slow is found out', async ({ expect, onTestFinished }) => {
  const hub = await startHub({ onTestFinished })
  expect(await run(hub, { maxLagMs: 0, isOver: allDead(hub) })).toMatchObject({
    ok: false,
    tooSlow: true,
    findings: [],
  })
})

test.concurrent('a feed that is cut off is resumed after the last event, without a loss', async ({
  expect,
  onTestFinished,
}) => {
  const hub = await startHub({ onTestFinished })
  const log = onSilence(() => hub.disconnectAll())
  const result = await run(hub, { resumeAfterMs: 6_000, log, isOver: () => hub.events.length === 10 })
  expect(result).toMatchObject({ ok: true, rightlyOffline: 2, events: { total: 10 } })
  expect(result.feedReconnects).toHaveLength(1)
})

test.concurrent('heartbeats that are refused are found out', async ({ expect, onTestFinished }) => {
  const hub = await startHub({ onTestFinished })
  hub.heartbeatStatus = 403
  const result = await run(hub, { silence: 0, durationMs: 1_500 })
  expect(faultsOf(result)).toEqual({ HEARTBEAT_REFUSED: 6, NEVER_HEARD: 6 })
  expect(result.heartbeats.reasons).toEqual({ 'HTTP 403': result.heartbeats.refused })
})

test.concurrent('heartbeats that fail on the hub prove nothing, and are tried again', async ({
  expect,
  onTestFinished,
}) => {
  const hub = await startHub({ onTestFinished })
  hub.failures = 10
  const result = await run(hub, { isOver: allDead(hub) })
  expect(result).toMatchObject({ ok: true, rightlyOffline: 2 })
  expect(result.heartbeats.unanswered).toBeGreaterThanOrEqual(10)
})

test.concurrent('a simulation that is interrupted is judged by what was seen', async ({ expect, onTestFinished }) => {
  const hub = await startHub({ onTestFinished })
  const interrupt = new AbortController()
  const log = onSilence(() => interrupt.abort())
  const result = await simulate({ hub: hub.address, options: OPTIONS, signal: interrupt.signal, log })
  expect(result).toMatchObject({ ok: true, events: { live: 6 } })
  expect(result.ranMs).toBeLessThan(OPTIONS.durationMs)
})

test.concurrent('a long run says how it goes', async ({ expect, onTestFinished }) => {
  const progress: string[] = []
  const log = (line: string) => {
    if (line.startsWith('...')) progress.push(line)
  }
  const isOver = () => progress.some((line) => line.endsWith(' 2 OFFLINE now'))
  await run(await startHub({ onTestFinished }), { log, progressEveryMs: 500, isOver })
  expect(progress.length).toBeGreaterThan(1)
  expect(progress.at(-1)).toMatch(/^\.\.\. \d+ acknowledged, \d+ not, 8 events told, 2 OFFLINE now$/)
})

test.concurrent('a wrong token ends it with one sentence', async ({ expect, onTestFinished }) => {
  const hub = await startHub({ onTestFinished })
  const { signal } = new AbortController()
  const stage = { hub: { ...hub.address, token: 'wrong' }, options: OPTIONS, signal, log: () => {} }
  await expect(simulate(stage)).rejects.toThrow(/^The hub refused the subscription: 4403/)
})

test.concurrent('leftovers of an earlier simulation go first, and the servers go at the end unless they are kept', async ({
  expect,
  onTestFinished,
}) => {
  const hub = await startHub({ onTestFinished })
  await run(hub, { keep: true, durationMs: 100, silence: 0 })
  expect(hub.servers.size).toBe(6)
  await run(hub, { servers: 3, durationMs: 100, silence: 0 })
  expect(hub.servers.size).toBe(0)
})
