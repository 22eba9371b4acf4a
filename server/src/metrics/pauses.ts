const PULSE_EVERY_MS = 250

/** A pulse that is later than this was held up: by a pause of the process, or by work that let nothing else through. */
const PAUSE_MS = 1_000

/** What waited outside is read within this time of the end of a pause. */
const SETTLED_AFTER_MS = 2_000

/**
 * Knows when this process was paused (stopped, frozen, starved), so that what is read right after is not taken for what came
 * in right then: it may have lain in the socket since the pause began.
 */
export class Pauses {
  #timer: NodeJS.Timeout | undefined
  #beatAtMs: number
  #last: { readonly fromMs: number; readonly untilMs: number } | undefined

  constructor(readonly now: () => number = () => performance.now()) {
    this.#beatAtMs = now()
  }

  start(): void {
    this.#beatAtMs = this.now()
    this.#timer = setInterval(() => this.#beat(), PULSE_EVERY_MS)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  /** By how much what was read at this instant may have come in earlier; 0 but after a pause. */
  lateByMs(readAtMs: number): number {
    // What wakes the process may be read before the timer's turn comes.
    if (readAtMs - this.#beatAtMs > PAUSE_MS) return readAtMs - this.#beatAtMs
    const last = this.#last
    return last && readAtMs - last.untilMs < SETTLED_AFTER_MS ? readAtMs - last.fromMs : 0
  }

  #beat(): void {
    const now = this.now()
    if (now - this.#beatAtMs > PAUSE_MS) this.#last = { fromMs: this.#beatAtMs, untilMs: now }
    this.#beatAtMs = now
  }
}
