import type { ServerId } from '../core/types.ts'
import { type RolledUp, RollUpError, type RollUpStep } from '../store/metric-rollup.ts'

/** How often is looked for hours that are over, and for late samples. */
const EVERY_MS = 60_000

/** Between two steps: others want the database, too. */
const PAUSE_MS = 20

/** After a step that failed: whatever it is, it is not told faster than this. */
const ERROR_PAUSE_MS = 1_000

export interface RollerOptions {
  /** One step. */
  readonly rollUp: (step: RollUpStep) => Promise<RolledUp>
  readonly onError: (error: unknown) => void
}

/**
 * Rolls up whatever is over, step by step. Every hub tries; one at a time does it.
 *
 * Where a step fails, its hours are tried one by one; behind one that fails alone it goes on with the next server, so that
 * a bad hour keeps nobody else's waiting. It is tried again in the next round.
 */
export class Roller {
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> = Promise.resolve()
  #stopped = false
  /** The servers before it have been looked at in this round. */
  #from: ServerId = 0
  /** Up to this server, hours go one by one. */
  #singlyUntil: ServerId = -1

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
    const from = this.#from
    try {
      const { hours, last } = await this.options.rollUp(from <= this.#singlyUntil ? { from, stepSamples: 1 } : { from })
      this.#from = hours > 0 ? last : 0
      if (hours === 0) this.#singlyUntil = -1
      this.#schedule(hours > 0 ? PAUSE_MS : EVERY_MS)
    } catch (error) {
      this.options.onError(error)
      this.#schedule(this.#goOnAfter(error) ? ERROR_PAUSE_MS : EVERY_MS)
    }
  }

  /** False where the round is over. */
  #goOnAfter(error: unknown): boolean {
    const known = error instanceof RollUpError
    if (!known) [this.#from, this.#singlyUntil] = [0, -1]
    else if (error.hours > 1) this.#singlyUntil = error.last
    else this.#from = error.last + 1
    return known
  }
}
