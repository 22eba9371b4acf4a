import { maintainPartitions } from '../store/partitions.ts'
import { deleteExpired, type Retention } from '../store/retention.ts'
import type { Store } from '../store/store.ts'

const EVERY_MS = 3_600_000

export interface HousekeeperOptions {
  readonly store: Store
  readonly retention: Retention
  readonly onError: (error: unknown) => void
}

/** Makes room for what is to come and drops what is past its retention, once an hour. Several hubs may do it at once. */
export class Housekeeper {
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> = Promise.resolve()
  #stopped = false

  constructor(readonly options: HousekeeperOptions) {}

  /** Resolves when there is room: samples can be stored from then on. What is to go goes meanwhile. */
  async start(): Promise<void> {
    await this.#makeRoom()
    this.#later(() => this.#tidy())
    this.#timer = setInterval(() => {
      this.#later(async () => {
        await this.#makeRoom()
        await this.#tidy()
      })
    }, EVERY_MS)
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearInterval(this.#timer)
    await this.#running
  }

  #later(work: () => Promise<void>): void {
    this.#running = this.#running.then(work).catch(this.options.onError)
  }

  #makeRoom(): Promise<void> {
    return maintainPartitions(this.options.store, this.options.retention)
  }

  #tidy(): Promise<void> {
    return deleteExpired(this.options.store, this.options.retention, () => !this.#stopped)
  }
}
