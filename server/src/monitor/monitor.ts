import type { Instant, ServerId, StatusEvent } from '../core/types.ts'
import type { Deadline } from '../store/deadlines.ts'
import { announceHub, answerOthers, askOthers, removeHub } from '../store/heard.ts'
import type { Stamped } from '../store/stamp.ts'
import type { Store } from '../store/store.ts'
import { DatabaseClock } from './database-clock.ts'
import { Expiry } from './expiry.ts'
import { Hearing } from './hearing.ts'
import { Inquiry } from './inquiry.ts'
import { Leadership } from './leadership.ts'
import { Observer } from './observer.ts'
import { Recent } from './recent.ts'

export interface MonitorOptions {
  readonly store: Store
  readonly flush: (ids?: readonly ServerId[]) => Promise<void>
  readonly backlogMs: () => number | null
  readonly version: string
  readonly onGap: (gap: NonNullable<Stamped['gap']>) => void
  readonly onLeadership: (leads: boolean) => void
  readonly onError: (error: unknown) => void
}

/** The part of a hub that watches: it stamps, campaigns, and while it leads it keeps the deadlines. */
export class Monitor {
  readonly #observer: Observer
  readonly #leadership: Leadership
  readonly #hearing: Hearing
  readonly #inquiry: Inquiry
  readonly #expiry: Expiry
  readonly #clock = new DatabaseClock()
  readonly #heartbeats = new Recent()
  readonly #feedLagMs = new Recent()
  #name = ''
  #announced = false
  #stopping: Promise<void> | undefined

  constructor(readonly options: MonitorOptions) {
    const { store, flush, backlogMs, onGap, onLeadership, onError } = options
    const clock = this.#clock
    this.#hearing = new Hearing({ flush, answer: (heardUntil) => answerOthers(store, heardUntil) })
    this.#inquiry = new Inquiry({ ask: () => askOthers(store) })
    this.#expiry = new Expiry({
      store,
      clock,
      hear: (ids) => this.#hearing.hear(ids),
      heardByOthers: () => this.#inquiry.heardByOthers(),
      onError,
    })
    this.#observer = new Observer({
      store,
      clock,
      hearing: this.#hearing,
      backlogMs,
      figures: () => this.#figures(),
      onGap,
      onClockStep: () => this.#expiry.reload(),
      onError,
    })
    this.#leadership = new Leadership({
      store,
      onElected: () => {
        this.#expiry.start()
        onLeadership(true)
      },
      onDeposed: () => {
        void this.#expiry.stop()
        onLeadership(false)
      },
    })
  }

  /**
   * Makes this hub known to the others; call it before the port listens. From then on they wait until this one has heard,
   * too, before they judge.
   *
   * @param readArrived resolves when what has arrived at the port is with the writer
   */
  async announce(readArrived?: () => Promise<void>): Promise<void> {
    this.#announced = true
    if (readArrived) this.#hearing.readArrived = readArrived
    this.#hearing.begin(await announceHub(this.options.store))
  }

  /**
   * Begins once the port listens: the first stamp records the time in which no hub heard anything.
   *
   * @param name tells this hub from the others, to people
   */
  async start(name: string): Promise<void> {
    if (!this.#announced) await this.announce()
    this.#name = name
    await this.#observer.start()
    this.#leadership.start()
  }

  /** So many heartbeats were recorded here. */
  recorded(heartbeats: number): void {
    this.#heartbeats.add(heartbeats)
  }

  /** Status events: whoever came alive has a deadline from now on. */
  heard(events: readonly StatusEvent[]): void {
    const [first] = events
    if (first) this.#feedLagMs.add(Math.max(0, this.#clock.now() - first.detectedAt))
    this.#expiry.watch(events.filter((event) => event.to !== 'OFFLINE').flatMap(earliestDeadline))
  }

  /** A server's deadline may have come nearer. */
  lookAt(ids: Iterable<ServerId>): void {
    this.#expiry.lookAt(ids)
  }

  /** Notifications may have been lost. */
  reload(): void {
    this.#expiry.reload()
  }

  /** Another hub asks whether we have heard up to this moment. */
  asked(hub: string, at: Instant): void {
    if (hub !== this.options.store.hubId) void this.#hearing.told(at, true)
  }

  /** Another hub has heard up to this moment. */
  answered(hub: string, heardUntil: Instant): void {
    this.#inquiry.answered(hub, heardUntil)
  }

  /** The database's time, as near as this hub knows it. */
  now(): Instant {
    return this.#clock.now()
  }

  get leads(): boolean {
    return this.#leadership.leads
  }

  get watched(): number {
    return this.#expiry.watched
  }

  /** Hands leadership over and stamps no more, for good. The others still wait for what arrives here. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  /** Nothing arrives here any more, and everything is committed: nobody has to wait for this hub. */
  async leave(): Promise<void> {
    if (this.#announced) await removeHub(this.options.store).catch(this.options.onError)
  }

  #figures() {
    return {
      name: this.#name,
      version: this.options.version,
      leads: this.leads,
      heartbeatsPerSecond: this.#heartbeats.perSecond,
      feedLagMs: this.#feedLagMs.most,
    }
  }

  async #stop(): Promise<void> {
    await this.#leadership.stop()
    await this.#expiry.stop()
    await this.#observer.stop()
  }
}

/** Gaps move it later, never nearer; and whoever changes the limit says so himself. */
function earliestDeadline({ server }: StatusEvent): Deadline[] {
  const { id, lastHeartbeatAt, offlineAfterSeconds } = server
  return lastHeartbeatAt === null ? [] : [{ id, at: lastHeartbeatAt + offlineAfterSeconds * 1_000 }]
}
