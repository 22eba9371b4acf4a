import type { ServerId } from '../core/types.ts'
import { rollUpSome } from '../store/metric-rollup.ts'
import type { Store } from '../store/store.ts'

/** How often is looked for hours that are over, and for late samples. */
const EVERY_MS = 60_000

/** Between two steps: others want the database, too. */
const PAUSE_MS = 20

export interface RollerOptions {
  readonly store: Store
  readonly onError: (error: unknown) => void
}

/** Rolls up whatever is over, step by step. Every hub tries; one at a time does it. */
export class Roller {
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> = Promise.resolve()
  #stopped = false
  /** The servers before it have been looked at in this round. */
  #from: ServerId = 0

  constructor(readonly options: RollerOptions) {}

  start(): void {
    this.#schedule(EVERY_MS)
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#running
  }

  #schedule(delayMs: number): void {
    if (this.#stopped) return
    this.#timer = setTimeout(() => {
      this.#running = this.#step()
    }, delayMs)
  }

  async #step(): Promise<void> {
    const { hours, last } = await rollUpSome(this.options.store, { from: this.#from }).catch((error: unknown) => {
      this.options.onError(error)
      return NOTHING
    })
    this.#from = hours > 0 ? last : 0
    this.#schedule(hours > 0 ? PAUSE_MS : EVERY_MS)
  }
}

const NOTHING = { hours: 0, last: 0 }
