import type { Instant } from '../core/types.ts'

/** A reading older than this no longer outweighs a less exact one. */
const BEST_FOR_MS = 30_000

interface Reading {
  /** Database time less monotonic time. */
  readonly offsetMs: number
  /** The offset is right to within this much. */
  readonly errorMs: number
  readonly takenAtMs: number
}

/**
 * The database's clock as this process knows it: its own monotonic clock plus an offset that each answer shows.
 *
 * It only decides when to look. What is true is decided in the database, by the database's own time.
 */
export class DatabaseClock {
  #best: Reading | undefined

  constructor(readonly monotonicMs: () => number = () => performance.now()) {}

  /** Learns from one answer: the database's time was read between these two monotonic instants. */
  observe(sentAtMs: number, receivedAtMs: number, databaseNow: Instant): void {
    const reading: Reading = {
      offsetMs: databaseNow - (sentAtMs + receivedAtMs) / 2,
      errorMs: (receivedAtMs - sentAtMs) / 2,
      takenAtMs: receivedAtMs,
    }
    const best = this.#best
    if (
      !best ||
      reading.errorMs <= best.errorMs ||
      receivedAtMs - best.takenAtMs > BEST_FOR_MS ||
      disagree(best, reading)
    ) {
      this.#best = reading
    }
  }

  /** The estimated time of the database. Before the first answer: this machine's own. */
  now(): Instant {
    return this.#best ? this.monotonicMs() + this.#best.offsetMs : Date.now()
  }
}

/** The two cannot both be right: the database's clock was stepped, or this machine slept. */
function disagree(a: Reading, b: Reading): boolean {
  return Math.abs(a.offsetMs - b.offsetMs) > a.errorMs + b.errorMs + 1
}
