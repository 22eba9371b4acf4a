import type { ServerId, StatusEvent } from '../core/types.ts'
import type { Stamped } from '../store/stamp.ts'
import { removeHub } from '../store/stamp.ts'
import type { Store } from '../store/store.ts'
import { DatabaseClock } from './database-clock.ts'
import { Expiry } from './expiry.ts'
import { Leadership } from './leadership.ts'
import { Observer } from './observer.ts'

export interface MonitorOptions {
  readonly store: Store
  readonly flush: () => Promise<void>
  readonly backlogMs: () => number | null
  readonly onGap: (gap: NonNullable<Stamped['gap']>) => void
  readonly onLeadership: (leads: boolean) => void
  readonly onError: (error: unknown) => void
}

/** The part of a hub that watches: it stamps, campaigns, and while it leads it keeps the deadlines. */
export class Monitor {
  readonly #observer: Observer
  readonly #leadership: Leadership
  readonly #expiry: Expiry
  #stopping: Promise<void> | undefined

  constructor(readonly options: MonitorOptions) {
    const { store, flush, backlogMs, onGap, onLeadership, onError } = options
    const clock = new DatabaseClock()
    this.#expiry = new Expiry({ store, clock, flush, onError })
    this.#observer = new Observer({
      store,
      clock,
      backlogMs,
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

  /** Begins once the port listens: the first stamp records the time in which no hub heard anything. */
  async start(): Promise<void> {
    await this.#observer.start()
    this.#leadership.start()
  }

  /** Status events: whoever came alive has a deadline from now on. */
  heard(events: readonly StatusEvent[]): void {
    this.#expiry.lookAt(events.filter((event) => event.to !== 'OFFLINE').map((event) => event.server.id))
  }

  /** A server's deadline may have come nearer. */
  lookAt(ids: Iterable<ServerId>): void {
    this.#expiry.lookAt(ids)
  }

  /** Notifications may have been lost. */
  reload(): void {
    this.#expiry.reload()
  }

  get leads(): boolean {
    return this.#leadership.leads
  }

  get watched(): number {
    return this.#expiry.watched
  }

  /** Hands leadership over and stamps no more, for good. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  async #stop(): Promise<void> {
    await this.#leadership.stop()
    await this.#expiry.stop()
    await this.#observer.stop()
    await removeHub(this.options.store).catch(this.options.onError)
  }
}
