import type { GapCause, HubFigures, Instant } from '../core/types.ts'
import { type Stamped, stamp } from '../store/stamp.ts'
import type { Store } from '../store/store.ts'
import type { DatabaseClock } from './database-clock.ts'
import type { Hearing } from './hearing.ts'

const STAMP_EVERY_MS = 250

/** Heartbeats that have waited longer than this are a backlog that people are told of. */
const BACKLOG_MS = 250

/** The two clocks may disagree by this much before it is called a step. */
const STEP_MS = 1_000

export interface ObserverOptions {
  readonly store: Store
  readonly clock: DatabaseClock
  readonly hearing: Hearing
  /** How long the oldest waiting heartbeat has waited; null where none waits. */
  readonly backlogMs: () => number | null
  /** What else this hub says of itself. */
  readonly figures: () => Omit<HubFigures, 'backlogMs'>
  readonly onGap: (gap: NonNullable<Stamped['gap']>) => void
  /** The database's clock was set: what was worked out from its time may be wrong by as much. */
  readonly onClockStep: () => void
  readonly onError: (error: unknown) => void
}

/**
 * Proves again and again that this hub can hear and write heartbeats. It runs only while the port listens.
 *
 * What it cannot prove becomes an observation gap at the next stamp: a process that wakes up after a pause, a restarted
 * hub and a database that comes back all take this one path.
 */
export class Observer {
  #timer: NodeJS.Timeout | undefined
  #stopped = false
  #running: Promise<void> | undefined
  #last: { readonly now: Instant; readonly sentAtMs: number; readonly atMs: number } | undefined
  #failed = false
  #pulse: NodeJS.Timeout | undefined
  #beatAtMs = performance.now()
  /** The longest time between two beats since the last stamp was sent. */
  #pausedMs = 0

  constructor(readonly options: ObserverOptions) {}

  /** Resolves after the first stamp: from then on judgements count. */
  async start(): Promise<void> {
    await this.#stamp()
    this.#pulse = setInterval(() => this.#beat(), STAMP_EVERY_MS)
    this.#schedule(performance.now())
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    clearInterval(this.#pulse)
    await this.#running
  }

  #schedule(previousAtMs: number): void {
    if (this.#stopped) return
    const nextAtMs = Math.max(previousAtMs + STAMP_EVERY_MS, performance.now())
    this.#timer = setTimeout(
      () => {
        this.#running = this.#stamp()
          .then(
            () => {
              this.#failed = false
            },
            (error: unknown) => {
              if (!this.#failed) this.options.onError(error)
              this.#failed = true
            },
          )
          .then(() => this.#schedule(nextAtMs))
      },
      Math.max(0, nextAtMs - performance.now()),
    )
  }

  async #stamp(): Promise<void> {
    const { store, clock, hearing, backlogMs, figures, onGap, onClockStep } = this.options
    const backlog = backlogMs()
    const sentAtMs = performance.now()
    const pausedBeforeMs = this.#longestPauseMs()
    this.#beat()
    this.#pausedMs = 0
    const { now, gap } = await stamp(store, {
      figures: { ...figures(), backlogMs: backlog !== null && backlog > BACKLOG_MS ? backlog : null },
      heardUntil: hearing.until,
      causeOf: (_from, until) => this.#causeOf(until, sentAtMs, Math.max(pausedBeforeMs, this.#longestPauseMs())),
    }).catch((error: unknown) => {
      this.#pausedMs = Math.max(this.#pausedMs, pausedBeforeMs)
      throw error
    })
    const atMs = performance.now()
    clock.observe(sentAtMs, atMs, now)
    // Another hub may have recorded the step; that time went backwards is seen here all the same.
    const wentBack = now < (this.#last?.now ?? now)
    if (wentBack) hearing.setBack(now)
    void hearing.told(now) // said with the next stamp: those who could not ask us need not wait for long
    const stepped = gap?.cause === 'CLOCK_STEP' || wentBack
    this.#last = { now, sentAtMs, atMs }
    // A pause in the middle of this stamp came after its `now`: it is told by the next one.
    this.#beat()
    if (stepped) onClockStep()
    if (gap) onGap(gap)
  }

  /** A hole that ends at our own first stamp is one in which no hub ran; later ones are our own troubles. */
  #causeOf(until: Instant, sentAtMs: number, longestPauseMs: number): GapCause {
    if (!this.#last) return 'HUB_DOWN'
    const byDatabase = until - this.#last.now
    // The last stamp's `now` was read somewhere between its sending and its answer, and so was this one's `until`.
    const [least, most] = [sentAtMs - this.#last.atMs, performance.now() - this.#last.sentAtMs]
    if (byDatabase < least - STEP_MS || byDatabase > most + STEP_MS) return 'CLOCK_STEP'
    // Our own pulse tells whose trouble it was, also where we were paused in the middle of a stamp.
    return 2 * longestPauseMs > byDatabase ? 'PAUSED' : 'DATABASE_UNREACHABLE'
  }

  #beat(): void {
    this.#pausedMs = this.#longestPauseMs()
    this.#beatAtMs = performance.now()
  }

  #longestPauseMs(): number {
    return Math.max(this.#pausedMs, performance.now() - this.#beatAtMs)
  }
}
