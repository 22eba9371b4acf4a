import { maintainPartitions } from '../store/partitions.ts'
import type { Store } from '../store/store.ts'

const EVERY_MS = 3_600_000

export interface HousekeeperOptions {
  readonly store: Store
  /** Metric samples are kept for this many days. */
  readonly metricDays: number
  readonly onError: (error: unknown) => void
}

/** Makes room for what is to come and drops what is past its retention, once an hour. Several hubs may do it at once. */
export class Housekeeper {
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> = Promise.resolve()

  constructor(readonly options: HousekeeperOptions) {}

  /** Resolves when the first round is done: samples can be stored from then on. */
  async start(): Promise<void> {
    await this.#round()
    this.#timer = setInterval(() => {
      this.#running = this.#round().catch(this.options.onError)
    }, EVERY_MS)
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#running
  }

  #round(): Promise<void> {
    return maintainPartitions(this.options.store, this.options.metricDays)
  }
}
