import type { Deadlines } from '../core/deadlines.ts'
import type { Instant, ServerId } from '../core/types.ts'

/** The longest sleep, so that a stepped clock or a suspended host is noticed this soon. */
const MAX_SLEEP_MS = 5_000

/**
 * Wakes at the earliest deadline and hands over every server that is due.
 *
 * A queue entry is a promise to look, not a verdict: to wake, find a fresh heartbeat and queue the server again
 * costs less than one reset a heartbeat.
 */
export class ExpiryTimer {
  #timer: NodeJS.Timeout | undefined
  #wakesAt: Instant = Infinity

  constructor(
    readonly deadlines: Deadlines,
    readonly onDue: (ids: ServerId[], now: Instant) => void,
    readonly now: () => Instant,
  ) {}

  /** Promises to look at the server just after this instant; an instant before the next waking brings that forward. */
  watch(id: ServerId, deadline: Instant): void {
    this.deadlines.set(id, deadline)
    if (deadline < this.#wakesAt) this.#arm()
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#wakesAt = Infinity
  }

  #arm(): void {
    clearTimeout(this.#timer)
    const now = this.now()
    // Rounded up: at its deadline a server still counts as alive, and timers have whole milliseconds.
    const sleep = Math.ceil(Math.max(0, Math.min(this.deadlines.earliest() - now, MAX_SLEEP_MS)))
    this.#wakesAt = now + sleep
    this.#timer = setTimeout(() => this.#wake(), sleep)
  }

  #wake(): void {
    const now = this.now()
    const due = this.deadlines.takeDue(now)
    if (due.length > 0) this.onDue(due, now)
    this.#arm()
  }
}
