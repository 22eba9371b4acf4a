import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { Api } from './api.ts'
import { type HubInstant, type OwnInstant, ownNow } from './clock.ts'
import { Crowd } from './crowd.ts'
import { Feed } from './feed.ts'
import { type Known, knownOf } from './final-state.ts'
import { createFleet, deleteFleet, type SimulatedServer } from './fleet.ts'
import { HeartbeatPost } from './heartbeat-post.ts'
import type { HubAddress } from './hub-address.ts'
import { overLossyNetwork } from './lossy-network.ts'
import type { Options } from './options.ts'
import { type Play, playOf } from './play.ts'
import { type Result, resultOf } from './result.ts'
import { Sender } from './sender.ts'
import { listSimulated } from './server-list.ts'
import { Chronicle } from './story.ts'
import { Tally } from './tally.ts'
import { judgeAll } from './verdict.ts'
import type { Gap } from './yardstick.ts'

/** After the judging is closed, so long is listened on: for what is told twice, or late. */
const AFTERMATH_MS = 500
const PROGRESS_EVERY_MS = 10_000

export interface Stage {
  readonly hub: HubAddress
  readonly options: Options
  /** Ends the run early; what was seen until then is judged. */
  readonly signal: AbortSignal
  readonly log: (line: string) => void
  /** Those that are there already, with the simulator's tag; where it is left out, they are created, and deleted at the end. */
  readonly fleet?: readonly SimulatedServer[]
  /** Instead of what the options say. */
  readonly play?: Play
  readonly progressEveryMs?: number
  /** The database's clock is moved: its times are not compared. */
  readonly clockIsMoved?: boolean
}

/** Sets up a fleet, lets it live and die, and judges what the hub said. @throws ApiError when there is nothing to judge. */
export async function simulate(stage: Stage): Promise<Result> {
  const { options, log, hub, fleet } = stage
  const api = new Api(hub)
  if (fleet) return new Simulation(stage, api, fleet).run()

  log(`Creating ${options.servers} servers at ${hub.urls.join(', ')} ...`)
  const servers = await createFleet(api, options.servers, options.offlineAfterSeconds, creationProgress(log))
  try {
    return await new Simulation(stage, api, servers).run()
  } finally {
    if (!options.keep) await tidyUp(api, servers, log)
  }
}

/** What cannot be deleted changes no verdict: the next simulation begins with it. */
async function tidyUp(api: Api, servers: readonly SimulatedServer[], log: Stage['log']): Promise<void> {
  log('Deleting the simulated servers ...')
  const ids = servers.map(({ id }) => id)
  await deleteFleet(api, ids).catch((error: Error) => log(`Not all of them could be deleted: ${error.message}`))
}

/** One run over one fleet: everything that takes part in it, from the start to the verdict. */
class Simulation {
  readonly #offlineAfterMs: number
  readonly #chronicle: Chronicle
  readonly #tally: Tally
  readonly #post: HeartbeatPost
  readonly #sender: Sender
  readonly #loopDelay: IntervalHistogram = monitorEventLoopDelay({ resolution: 5 })

  constructor(
    readonly stage: Stage,
    readonly api: Api,
    readonly servers: readonly SimulatedServer[],
  ) {
    const { hub, options } = stage
    this.#offlineAfterMs = options.offlineAfterSeconds * 1_000
    this.#chronicle = new Chronicle(this.#offlineAfterMs)
    for (const { id, name } of servers) this.#chronicle.begin(id, name)
    this.#tally = new Tally(this.#chronicle)
    this.#post = new HeartbeatPost(hub.urls, options.sockets, options.intervalMs)
    this.#sender = new Sender({
      servers,
      intervalMs: options.intervalMs,
      rampIntervals: options.rampIntervals,
      post: overLossyNetwork((server) => this.#post.send(server), options.weather),
      onAnswer: (server, sentAt, answer) => this.#tally.hear(server, sentAt, answer, ownNow()),
    })
  }

  async run(): Promise<Result> {
    const { hub, options, signal } = this.stage
    const cursor = await readFeedCursor(this.api)
    const feed = new Feed(hub, cursor, (event) => this.#chronicle.told(event))
    const crowd = new Crowd(hub, cursor, options.subscribers)
    const ending = new AbortController()
    const listening = feed.listen().finally(() => ending.abort())
    listening.catch(() => undefined) // awaited below
    const progress = setInterval(() => this.#tellProgress(), this.stage.progressEveryMs ?? PROGRESS_EVERY_MS)
    try {
      this.#loopDelay.enable()
      const startedAt = ownNow()
      this.#sender.start()
      await this.#play(AbortSignal.any([signal, ending.signal]), crowd)
      const result = await this.#judge(startedAt, feed, crowd, ending.signal)
      await Promise.all([feed.close(), crowd.close()])
      await listening
      return result
    } finally {
      clearInterval(progress)
      this.#sender.stop()
      this.#loopDelay.disable()
      await Promise.all([feed.close(), crowd.close().catch(() => undefined)])
      this.#post.close()
    }
  }

  #play(signal: AbortSignal, crowd: Crowd): Promise<void> {
    const { options, log, play = playOf(options) } = this.stage
    return play({ servers: this.servers, sender: this.#sender, crowd, chronicle: this.#chronicle, signal, log })
  }

  /** Again and again while something is wrong that time may mend: hubs and subscribers may be late, but not wrong. */
  async #judge(startedAt: OwnInstant, feed: Feed, crowd: Crowd, ending: AbortSignal): Promise<Result> {
    const until = ownNow() + this.stage.options.patienceMs
    for (;;) {
      const result = await this.#judgeNow(startedAt, feed, crowd)
      if (result.ok || ownNow() >= until || ending.aborted || this.stage.signal.aborted) return result
    }
  }

  async #judgeNow(startedAt: OwnInstant, feed: Feed, crowd: Crowd): Promise<Result> {
    const { options, clockIsMoved } = this.stage
    const ranMs = ownNow() - startedAt
    const closedAt = this.#tally.clock.now()
    const ownClosedAt = clockIsMoved ? ownNow() : undefined
    const known = new Map<string, Known>(
      [...this.#chronicle.stories()].map((story) => [story.serverId, knownOf(story)]),
    )
    const stored = new Map((await listSimulated(this.api)).map((server) => [server.id, server]))
    await sleep(AFTERMATH_MS)
    const gaps = await readGaps(this.api, this.#tally.clock.now(startedAt) - this.#offlineAfterMs)
    const verdict = judgeAll({
      stories: this.#chronicle.stories(),
      terms: { offlineAfterMs: this.#offlineAfterMs, graceMs: options.graceMs, closedAt, gaps, ownClosedAt },
      hubOffsetMs: this.#tally.clock.offsetMs,
      known,
      stored,
    })
    return resultOf({
      options,
      ranMs,
      chronicle: this.#chronicle,
      tally: this.#tally,
      sender: this.#sender,
      feed,
      gaps,
      loopDelay: this.#loopDelay,
      verdict,
      crowd: await crowd.check(this.api),
    })
  }

  #tellProgress(): void {
    const { acknowledged, refused, unsent, unanswered } = this.#tally.counts
    const failed = refused + unsent + unanswered
    let events = 0
    let offline = 0
    for (const story of this.#chronicle.stories()) {
      events += story.events.length
      if (story.events.at(-1)?.to === 'OFFLINE') offline += 1
    }
    this.stage.log(`... ${acknowledged} acknowledged, ${failed} not, ${events} events told, ${offline} OFFLINE now`)
  }
}

/** A line each time a tenth is done, for fleets whose creation takes a while. */
function creationProgress(log: (line: string) => void) {
  let told = 0
  return (done: number, of: number) => {
    const tenths = Math.floor((10 * done) / of)
    if (of < 5_000 || tenths === told) return
    told = tenths
    log(`... ${done} of ${of} created`)
  }
}

async function readFeedCursor(api: Api): Promise<string> {
  const { servers } = await api.insist<{ servers: { feedCursor: string } }>('{ servers(first: 1) { feedCursor } }')
  return servers.feedCursor
}

async function readGaps(api: Api, from: HubInstant): Promise<Gap[]> {
  const query = 'query ($from: DateTime) { observationGaps(from: $from) { from until } }'
  const variables = { from: new Date(from).toISOString() }
  const { observationGaps } = await api.insist<{ observationGaps: { from: string; until: string }[] }>(query, variables)
  return observationGaps.map((gap) => ({ from: Date.parse(gap.from), until: Date.parse(gap.until) }))
}
