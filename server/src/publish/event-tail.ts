import type { StatusEvent } from '../core/types.ts'
import { newestEventId, readEvents } from '../store/event-log.ts'
import type { Store } from '../store/store.ts'
import { reachable } from '../store/transaction.ts'

/** Notifications can be lost with their connection, so the log is read again this often. */
const REREAD_MS = 1_000
const PAGE = 1_000

/**
 * Reads the event log once for this whole hub, from its own last id on, and hands every event over in order.
 *
 * Ids are in commit order, so what is after the position has not been seen, and nothing will appear before it.
 */
export class EventTail {
  #position = 0
  #begun = false
  #reading: Promise<void> | undefined
  #again = false
  #failed = false
  #timer: NodeJS.Timeout | undefined

  constructor(
    readonly store: Store,
    readonly onEvents: (events: readonly StatusEvent[]) => void,
    readonly onError: (error: unknown) => void,
  ) {}

  /** Begins after the newest event that there is. Listen before, so that none after it goes unheard. */
  async start(): Promise<void> {
    this.#position = await reachable(() => newestEventId(this.store.watch))
    this.#begun = true
    this.wake()
    this.#timer = setInterval(() => this.wake(), REREAD_MS)
  }

  /** The id up to which every event has been handed over. */
  get position(): number {
    return this.#position
  }

  /** There may be something new. Before the beginning is known nothing is: the whole log would be told. */
  wake(): void {
    if (!this.#begun) return
    this.#again = true
    this.#reading ??= this.#read()
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#reading
  }

  async #read(): Promise<void> {
    try {
      while (this.#again) {
        this.#again = false
        const events = await readEvents(this.store, {}, { after: this.#position, limit: PAGE }, 'tail')
        if (events.length === 0) continue
        this.#position = (events.at(-1) as StatusEvent).id
        this.#again ||= events.length === PAGE
        this.onEvents(events)
      }
      this.#failed = false
    } catch (error) {
      if (!this.#failed) this.onError(error) // once an outage; the next tick tries again
      this.#failed = true
    } finally {
      this.#reading = undefined
    }
  }
}
