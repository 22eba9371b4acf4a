import type { ServerId } from '../core/types.ts'
import { type RolledUp, RollUpError, type RollUpStep } from '../store/metric-step.ts'

/** How often is looked for what is over, and for what came late. */
const EVERY_MS = 60_000

/** Between two steps: others want the database, too. */
const PAUSE_MS = 20

/** After a step that failed: whatever it is, it is not told faster than this. */
const ERROR_PAUSE_MS = 1_000

export interface RollerOptions {
  /** One step each of what is to do, one work after the other. */
  readonly works: readonly ((step: RollUpStep) => Promise<RolledUp>)[]
  readonly onError: (error: unknown) => void
}

/**
 * Rolls up whatever is over, step by step. Every hub tries; one at a time does it.
 *
 * Where a step fails, its parts are tried one by one; behind one that fails alone it goes on with the next server, so that
 * a bad hour keeps nobody else's waiting. It is tried again in the next round.
 */
export class Roller {
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> = Promise.resolve()
  #stopped = false
  /** Which of the works this round is at. */
  #work = 0
  /** The servers before it have been looked at by this work. */
  #from: ServerId = 0
  /** Up to this server, parts go one by one. */
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
    const { works, onError } = this.options
    const from = this.#from
    try {
      const work = works[this.#work] as (typeof works)[number]
      const { done, last } = await work(from <= this.#singlyUntil ? { from, size: 1 } : { from })
      if (done > 0) this.#from = last
      this.#schedule(done > 0 || this.#nextWork() ? PAUSE_MS : EVERY_MS)
    } catch (error) {
      onError(error)
      this.#schedule(this.#goOnAfter(error) || this.#nextWork() ? ERROR_PAUSE_MS : EVERY_MS)
    }
  }

  /** False where the round is over. */
  #nextWork(): boolean {
    this.#work = (this.#work + 1) % this.options.works.length
    this.#from = 0
    this.#singlyUntil = -1
    return this.#work > 0
  }

  /** False where there is no telling which servers it was about. */
  #goOnAfter(error: unknown): boolean {
    if (!(error instanceof RollUpError)) return false
    if (error.parts > 1) this.#singlyUntil = error.last
    else this.#from = error.last + 1
    return true
  }
}
