import { appendFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, inject } from 'vitest'
import type { SimulatedServer } from '../../simulate/fleet.ts'
import { type Options, readOptions } from '../../simulate/options.ts'
import { type Cast, spread } from '../../simulate/play.ts'
import type { Result } from '../../simulate/result.ts'
import { simulate } from '../../simulate/run.ts'
import type { Arena } from './arena.ts'
import type { Row } from './table.ts'

/** So many die before, in the middle of, and after the fault. */
const DIE_EACH_TIME = 5
/** How long anything may take that the machine, and not the hub, may be slow at. */
const PATIENCE_MS = 90_000
const LOOK_MS = 50

const ORDINARY = readOptions([
  ...['--servers', '120', '--interval', '0.5', '--offline-after', '3', '--grace', '2', '--sockets', '120'],
  ...['--subscribers', '12', '--patience', String(PATIENCE_MS / 1_000)],
]) as Options

export interface Fault {
  readonly arena: Arena
  /** What is done while the fleet is alive; the servers that die meanwhile are not its business. */
  readonly strike: (scene: FaultScene) => Promise<void>
  readonly options?: Partial<Options>
  readonly clockIsMoved?: boolean
}

/** What a fault may use beside its arena. */
export interface FaultScene {
  readonly cast: Cast
  /** Some servers die now. They are waited for when the fault is over. */
  die(): void
  /** All servers that live are silent so long that they are OFFLINE, and then come back: a storm of events. */
  storm(): Promise<void>
}

/**
 * A fleet lives, some of it dies, and something goes wrong with the hubs: nothing that was acknowledged may be missing,
 * nobody may be called OFFLINE falsely, every death is told, and every subscriber hears every event once and in order.
 */
export async function judge(name: string, fault: Fault): Promise<Result> {
  const { arena, strike, options = {}, clockIsMoved = false } = fault
  const result = await simulate({
    hub: arena.address,
    options: { ...ORDINARY, ...options },
    signal: new AbortController().signal,
    log: () => undefined,
    clockIsMoved,
    play: async (cast) => {
      const dead = new Set<SimulatedServer>()
      const scene = sceneOf(cast, dead)
      await allHeard(cast, dead)
      scene.die()
      await strike(scene)
      await allHeard(cast, dead)
      scene.die()
      await allTold(cast, dead)
    },
  })
  tell(name, arena, result)
  expect(result.findings).toEqual([])
  expect(result.rightlyOffline).toBeGreaterThanOrEqual(2 * DIE_EACH_TIME)
  return result
}

function sceneOf(cast: Cast, dead: Set<SimulatedServer>): FaultScene {
  const living = () => cast.servers.filter((server) => !dead.has(server))
  return {
    cast,
    die: () => {
      const dying = spread(living(), DIE_EACH_TIME)
      for (const server of dying) dead.add(server)
      cast.sender.silence(dying)
    },
    storm: async () => {
      const some = living()
      cast.sender.silence(some)
      await allTold(cast, new Set(some))
      cast.sender.speak(some.filter((server) => !dead.has(server)))
    },
  }
}

/** Every server that lives was heard since now. */
async function allHeard({ servers, chronicle, signal }: Cast, dead: ReadonlySet<SimulatedServer>): Promise<void> {
  const since = performance.timeOrigin + performance.now()
  const deaf = new Set(servers.filter((server) => !dead.has(server)).map(({ id }) => id))
  await until(signal, () => {
    for (const { serverId, last } of chronicle.stories()) if (last && last.sentAt >= since) deaf.delete(serverId)
    return deaf.size === 0
  })
}

/** Every death was told. What is not told in time is for the judge to find. */
async function allTold({ chronicle, signal }: Cast, dead: ReadonlySet<SimulatedServer>): Promise<void> {
  const ids = new Set([...dead].map(({ id }) => id))
  await until(signal, () =>
    [...chronicle.stories()].every(({ serverId, events }) => !ids.has(serverId) || events.at(-1)?.to === 'OFFLINE'),
  )
}

async function until(signal: AbortSignal, isTrue: () => boolean): Promise<void> {
  const givesUpAt = performance.now() + PATIENCE_MS
  while (!isTrue() && performance.now() < givesUpAt && !signal.aborted) await sleep(LOOK_MS)
}

function tell(
  name: string,
  { database }: Arena,
  { heartbeats, faults, rightlyOffline, events, findings }: Result,
): void {
  const counted = {
    missing: faults.HEARTBEAT_LOST,
    falseOffline: faults.FALSE_OFFLINE,
    neverReported: faults.MISSED_OFFLINE,
    events: faults.LOST + faults.DOUBLED + faults.OUT_OF_ORDER + faults.UNTOLD,
  }
  const others = findings.length - Object.values(counted).reduce((sum, count) => sum + count, 0)
  const row: Row = {
    fault: name,
    database,
    acknowledged: heartbeats.acknowledged,
    died: rightlyOffline,
    told: events.total,
    ...counted,
    others,
  }
  appendFileSync(inject('faultTable'), `${JSON.stringify(row)}\n`)
}
