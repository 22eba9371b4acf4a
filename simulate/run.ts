import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { Api } from './api.ts'
import { type HubInstant, ownNow } from './clock.ts'
import { Feed } from './feed.ts'
import { type Known, knownOf } from './final-state.ts'
import { createFleet, deleteFleet, type SimulatedServer } from './fleet.ts'
import { HeartbeatPost } from './heartbeat-post.ts'
import type { HubAddress } from './hub-address.ts'
import type { Gap } from './judge.ts'
import type { Options } from './options.ts'
import { type Result, resultOf } from './result.ts'
import { Sender } from './sender.ts'
import { listSimulated } from './server-list.ts'
import { Chronicle } from './story.ts'
import { Tally } from './tally.ts'
import { judgeAll } from './verdict.ts'

/** After the judging is closed, so long is listened on: for what is told twice, or late. */
const AFTERMATH_MS = 500

export interface Stage {
  readonly hub: HubAddress
  readonly options: Options
  /** Ends the run early; what was seen until then is judged. */
  readonly signal: AbortSignal
  readonly log: (line: string) => void
}

/** Sets up a fleet, lets it live and die, and judges what the hub said. @throws ApiError when there is nothing to judge. */
export async function simulate(stage: Stage): Promise<Result> {
  const { options, log } = stage
  const api = new Api(stage.hub)
  log(`Creating ${options.servers} servers at ${stage.hub.url} ...`)
  const servers = await createFleet(api, options.servers, options.offlineAfterSeconds)
  try {
    return await play(stage, api, servers)
  } finally {
    if (!options.keep) {
      log('Deleting the simulated servers ...')
      await deleteFleet(
        api,
        servers.map(({ id }) => id),
      )
    }
  }
}

async function play(
  { hub, options, signal, log }: Stage,
  api: Api,
  servers: readonly SimulatedServer[],
): Promise<Result> {
  const offlineAfterMs = options.offlineAfterSeconds * 1_000
  const chronicle = new Chronicle(offlineAfterMs)
  for (const { id, name } of servers) chronicle.begin(id, name)

  const tally = new Tally(chronicle)
  const post = new HeartbeatPost(hub.url, options.sockets)
  const sender = new Sender({
    servers,
    intervalMs: options.intervalMs,
    post: (server) => post.send(server),
    onAnswer: (server, sentAt, answer) => tally.hear(server, sentAt, answer, ownNow()),
  })
  const feed = new Feed(hub, await readFeedCursor(api), (event) => chronicle.told(event))
  const ending = new AbortController()
  const listening = feed.listen().finally(() => ending.abort())
  listening.catch(() => undefined) // awaited below
  const loopDelay = monitorEventLoopDelay({ resolution: 5 })

  try {
    loopDelay.enable()
    const startedAt = ownNow()
    sender.start()
    await perform(sender, servers, options, AbortSignal.any([signal, ending.signal]), log)
    const ranMs = ownNow() - startedAt

    const closedAt = tally.clock.now()
    const known = new Map<string, Known>([...chronicle.stories()].map((story) => [story.serverId, knownOf(story)]))
    const stored = new Map((await listSimulated(api)).map((server) => [server.id, server]))
    await sleep(AFTERMATH_MS)
    sender.stop()
    const gaps = await readGaps(api, tally.clock.now(startedAt) - offlineAfterMs)
    await feed.close()
    await listening

    const terms = { offlineAfterMs, graceMs: options.graceMs, closedAt, gaps }
    const verdict = judgeAll({ stories: chronicle.stories(), terms, hubOffsetMs: tally.clock.offsetMs, known, stored })
    return resultOf({ options, ranMs, chronicle, tally, sender, feed, gaps, loopDelay, verdict })
  } finally {
    sender.stop()
    loopDelay.disable()
    await feed.close()
    post.close()
  }
}

/** The play itself: all live, some fall silent, and perhaps come back. */
async function perform(
  sender: Sender,
  servers: readonly SimulatedServer[],
  options: Options,
  signal: AbortSignal,
  log: (line: string) => void,
): Promise<void> {
  const startedAt = ownNow()
  const until = async (ms: number) => {
    const leftMs = Math.min(ms, options.durationMs) - (ownNow() - startedAt)
    await sleep(Math.max(0, leftMs), undefined, { signal }).catch(() => undefined)
  }
  log(`Running for ${Math.ceil(options.durationMs / 1_000)} s ...`)
  if (options.silence > 0) {
    await until(options.silenceAfterMs)
    if (signal.aborted) return
    log(`${options.silence} servers fall silent.`)
    sender.silence(spread(servers, options.silence))
    if (options.resumeAfterMs !== null) {
      await until(options.silenceAfterMs + options.resumeAfterMs)
      if (signal.aborted) return
      log(`${options.silence} servers speak again.`)
      sender.silence([])
    }
  }
  await until(Infinity)
}

/** So many of the servers, evenly over the fleet and therefore over the interval. */
export function spread<T>(all: readonly T[], count: number): T[] {
  return Array.from({ length: count }, (_, index) => all[Math.floor((index * all.length) / count)] as T)
}

async function readFeedCursor(api: Api): Promise<string> {
  const { servers } = await api.ask<{ servers: { feedCursor: string } }>('{ servers(first: 1) { feedCursor } }')
  return servers.feedCursor
}

async function readGaps(api: Api, from: HubInstant): Promise<Gap[]> {
  const query = 'query ($from: DateTime) { observationGaps(from: $from) { from until } }'
  const variables = { from: new Date(from).toISOString() }
  const { observationGaps } = await api.ask<{ observationGaps: { from: string; until: string }[] }>(query, variables)
  return observationGaps.map((gap) => ({ from: Date.parse(gap.from), until: Date.parse(gap.until) }))
}
