import type { Instant, ServerId, StatusEvent } from './core/types.ts'
import { HubFigures } from './hub-figures.ts'
import { BatchWriter } from './ingest/batch-writer.ts'
import { RhythmRecorder } from './ingest/rhythm-recorder.ts'
import { Pauses } from './metrics/pauses.ts'
import { recordSamples } from './metrics/record-samples.ts'
import { Roller } from './metrics/roller.ts'
import { SampleWriter } from './metrics/sample-writer.ts'
import { Housekeeper } from './monitor/housekeeper.ts'
import { Monitor } from './monitor/monitor.ts'
import { ChangeFeed } from './publish/change-feed.ts'
import { EventTail } from './publish/event-tail.ts'
import { type Hear, Listener } from './publish/listener.ts'
import { MissedChanges } from './publish/missed-changes.ts'
import { StatusFeed } from './publish/status-feed.ts'
import { sumAvailability } from './store/availability-sums.ts'
import type { Channel } from './store/channels.ts'
import { writeRhythm } from './store/heartbeat-rhythm.ts'
import { packDays } from './store/metric-days.ts'
import { rollUpSome } from './store/metric-rollup.ts'
import type { LastHeard } from './store/missed.ts'
import type { DatabaseConnection } from './store/pool.ts'
import { DEFAULT_RETENTION, type Retention } from './store/retention.ts'
import { findNames } from './store/server-row.ts'
import type { Stamped } from './store/stamp.ts'
import { Store } from './store/store.ts'
import { type HeartbeatEntry, type WrittenHeartbeat, writeHeartbeats } from './store/write-heartbeats.ts'

/** A sample is some hundred bytes. */
const MAX_WAITING_SAMPLES = 100_000

export interface HubOptions {
  readonly connection: DatabaseConnection
  readonly maxWaitingHeartbeats: number
  /** How long everything that grows is kept; what is left out has its default. */
  readonly retention?: Partial<Retention>
  /** The program's; told to people beside the hub's name. */
  readonly version?: string
  readonly onError: (error: unknown) => void
  readonly onGap?: (gap: NonNullable<Stamped['gap']>) => void
  readonly onLeadership?: (leads: boolean) => void
}

/**
 * One instance without its network edge: it takes heartbeats in, watches deadlines, and publishes what has become true.
 *
 * The order is that of the flow: ingest and monitor write, the listener hears that something was written, the tail
 * reads it once, and the feeds hand it on.
 */
export class Hub {
  readonly writer: BatchWriter
  readonly samples: SampleWriter
  readonly rhythm: RhythmRecorder
  readonly statusFeed: StatusFeed
  readonly changeFeed: ChangeFeed
  readonly monitor: Monitor
  readonly retention: Retention
  readonly figures = new HubFigures()
  readonly #housekeeper: Housekeeper
  readonly #roller: Roller
  readonly #pauses = new Pauses()
  readonly #tail: EventTail
  readonly #listener: Listener
  readonly #missed: MissedChanges

  private constructor(
    readonly store: Store,
    options: HubOptions,
  ) {
    const { onError } = options
    this.rhythm = new RhythmRecorder({ write: (beats) => writeRhythm(store, beats), onError })
    this.writer = new BatchWriter({
      write: (entries) => this.#write(entries),
      findNames: (ids) => findNames(store, ids),
      maxWaiting: options.maxWaitingHeartbeats,
    })
    this.samples = new SampleWriter({
      write: (entries) => recordSamples(store, entries),
      lateByMs: (readAtMs) => this.#pauses.lateByMs(readAtMs),
      maxWaiting: MAX_WAITING_SAMPLES,
    })
    this.#tail = new EventTail(store, (events) => this.#publish(events), onError)
    this.statusFeed = new StatusFeed(store, this.#tail, {
      onTold: (event) => this.figures.told(event, this.monitor.now()),
    })
    this.changeFeed = new ChangeFeed(store, onError)
    const hear: Hear = (channel, payload) => this.#hear(channel, payload)
    this.#missed = new MissedChanges(store, hear, onError)
    this.#listener = new Listener(store, hear, (lastHeard) => this.#catchUp(lastHeard))
    this.retention = { ...DEFAULT_RETENTION, ...options.retention }
    this.#housekeeper = new Housekeeper({ store, retention: this.retention, onError })
    this.#roller = new Roller({
      works: [
        (step) => rollUpSome(store, step),
        (step) => packDays(store, step),
        (step) => sumAvailability(store, this.retention, step),
      ],
      onError,
    })
    this.monitor = new Monitor({
      store,
      flush: (ids) => this.writer.flush(ids),
      backlogMs: () => this.writer.backlogMs,
      version: options.version ?? '',
      onGap: (gap) => {
        this.figures.gap(gap)
        options.onGap?.(gap)
      },
      onLeadership: options.onLeadership ?? (() => undefined),
      onError,
    })
  }

  /** Opens a hub on a database whose tables are up to date. It hears and answers, but judges nobody before `watch`. */
  static async open(options: HubOptions): Promise<Hub> {
    const hub = new Hub(await Store.open(options.connection), options)
    try {
      await hub.#listener.start()
      await hub.#tail.start()
      await hub.#housekeeper.start()
      hub.rhythm.start()
      hub.#roller.start()
      hub.#pauses.start()
      return hub
    } catch (error) {
      await hub.close()
      throw error
    }
  }

  /**
   * Makes this hub known to the others; call it before heartbeats can arrive.
   *
   * @param readArrived resolves when what has arrived at the port is with the writer
   */
  announce(readArrived: () => Promise<void>): Promise<void> {
    return this.monitor.announce(readArrived)
  }

  /**
   * Begins to watch; call it when heartbeats can arrive, for it says so to the database.
   *
   * @param name tells this hub from the others, to people
   */
  watch(name = ''): Promise<void> {
    return this.monitor.start(name)
  }

  /** Judges nobody any more; call it before heartbeats can no longer arrive. What arrives all the same is recorded. */
  unwatch(): Promise<void> {
    return this.monitor.stop()
  }

  /** Whether changes by other hubs are heard of at this moment. */
  get listens(): boolean {
    return this.#listener.listens
  }

  /** Calls back when credentials were changed on any hub. */
  onCredentialsChanged(forget: () => void): void {
    this.store.onCredentialsChanged(forget)
  }

  /** Ends in the order of the flow: nothing that was answered is lost, and leadership is handed over. */
  async close(): Promise<void> {
    await this.writer.close()
    await this.monitor.stop()
    await this.monitor.leave()
    await this.samples.close()
    await this.rhythm.stop()
    this.#pauses.stop()
    await this.#roller.stop()
    await this.#housekeeper.stop()
    this.statusFeed.end()
    this.changeFeed.end()
    await this.#listener.stop()
    await this.#missed.stop()
    await this.#tail.stop()
    await this.store.close()
  }

  async #write(entries: readonly HeartbeatEntry[]): Promise<Map<ServerId, WrittenHeartbeat>> {
    const written = await writeHeartbeats(this.store, entries)
    this.monitor.recorded(written.size)
    this.figures.batch(entries.length, written.size)
    for (const entry of entries) {
      const heartbeat = written.get(entry.serverId)
      if (heartbeat) this.rhythm.note({ entry, ...heartbeat })
    }
    return written
  }

  #publish(events: readonly StatusEvent[]): void {
    this.monitor.heard(events)
    this.figures.published(events)
    this.statusFeed.publish(events)
    this.changeFeed.heardStatus(events)
  }

  #hear(channel: Channel, payload: string): void {
    switch (channel) {
      case 'event':
        this.#tail.wake()
        break
      case 'deadline':
        this.monitor.lookAt([Number(payload)])
        break
      case 'server':
        this.writer.forgetName(Number(payload.split(' ')[1]))
        this.changeFeed.heardServer(payload)
        break
      case 'alert':
        this.changeFeed.heardAlert(payload)
        break
      case 'anomaly':
        this.changeFeed.heardAnomaly(payload)
        break
      case 'access':
        this.store.credentialsChanged()
        break
      case 'question':
        this.monitor.asked(...hubAndInstant(payload))
        break
      case 'answer':
        this.monitor.answered(...hubAndInstant(payload))
    }
  }

  /** It listens: at first, or again after notifications were lost. */
  #catchUp(lastHeard: LastHeard | undefined): void {
    this.#tail.wake()
    this.monitor.reload()
    if (lastHeard) this.#missed.catchUp(lastHeard)
    this.store.credentialsChanged()
  }
}

function hubAndInstant(payload: string): [hub: string, at: Instant] {
  const [hub = '', at] = payload.split(' ')
  return [hub, Number(at)]
}
