import { findMissed, type LastHeard } from '../store/missed.ts'
import type { Store } from '../store/store.ts'
import type { Hear } from './listener.ts'

const RETRY_MS = 250

/** Hears what was notified while nobody listened, from the tables: again and again, until they can be read. */
export class MissedChanges {
  #since: LastHeard | undefined
  #reading: Promise<void> | undefined
  #failed = false
  #stopped = false

  constructor(
    readonly store: Store,
    readonly hear: Hear,
    readonly onError: (error: unknown) => void,
  ) {}

  /** Nothing is certain to have been heard since then. Where an earlier moment is still to be read, that includes this one. */
  catchUp(since: LastHeard): void {
    this.#since ??= since
    this.#reading ??= this.#read()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#reading
  }

  async #read(): Promise<void> {
    while (this.#since && !this.#stopped) {
      const since = this.#since
      this.#since = undefined
      try {
        for (const { channel, payload } of await findMissed(this.store, since)) this.hear(channel, payload)
        this.#failed = false
      } catch (error) {
        this.#since = since
        await this.#later(error)
      }
    }
    this.#reading = undefined
  }

  async #later(error: unknown): Promise<void> {
    if (!this.#failed) this.onError(error) // once an outage
    this.#failed = true
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
  }
}
