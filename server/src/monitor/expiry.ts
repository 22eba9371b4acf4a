import { Deadlines } from '../core/deadlines.ts'
import type { Instant, ServerId } from '../core/types.ts'
import { type Deadline, readDeadlines } from '../store/deadlines.ts'
import { type ExpiryAnswer, judgeExpiry } from '../store/judge-expiry.ts'
import type { Store } from '../store/store.ts'
import type { DatabaseClock } from './database-clock.ts'
import { ExpiryTimer } from './expiry-timer.ts'

/** The most servers of one judging transaction. */
const MAX_JUDGED = 1_000

/** A row that was locked is looked at again this soon; and another hub asked again. */
const BUSY_MS = 5

/** While nobody may be judged, we look again this often. */
const BLIND_MS = 50

/** After the database refused an answer. */
const FAILED_MS = 250

/** Whatever was missed all the same is found this often. */
const RECONCILE_MS = 30_000

export interface ExpiryOptions {
  readonly store: Store
  readonly clock: DatabaseClock
  /** Lets what has arrived at this hub of these servers commit. */
  readonly hear: (ids: readonly ServerId[]) => Promise<void>
  /** Asks the other hubs up to when they have. */
  readonly heardByOthers: () => Promise<Instant>
  readonly onError: (error: unknown) => void
}

/**
 * Watches every deadline, on the hub that leads.
 *
 * Two flows meet in the queue: ids that may have a new or nearer deadline come in through `lookAt`, and ids that are due
 * go out to be judged. Each flow works off what has gathered, one statement at a time.
 */
export class Expiry {
  readonly #timer: ExpiryTimer
  readonly #deadlines = new Deadlines()
  readonly #due = new Set<ServerId>()
  readonly #unread = new Set<ServerId>()
  #judging: Promise<void> | undefined
  #reading: Promise<void> | undefined
  /** What was read of all deadlines may lack something: whoever reads them now does it once more. */
  #stale = false
  #reloading: Promise<void> | undefined
  #reconciler: NodeJS.Timeout | undefined
  #active = false

  constructor(readonly options: ExpiryOptions) {
    this.#timer = new ExpiryTimer(
      this.#deadlines,
      (ids) => this.#fallDue(ids),
      () => options.clock.now(),
    )
  }

  start(): void {
    this.#active = true
    this.#reconciler = setInterval(() => this.reload(), RECONCILE_MS)
    this.reload()
  }

  /** Resolves when nothing of it asks the database any more. */
  async stop(): Promise<void> {
    this.#active = false
    clearInterval(this.#reconciler)
    this.#timer.stop()
    this.#deadlines.clear()
    this.#due.clear()
    this.#unread.clear()
    await Promise.all([this.#judging, this.#reading, this.#reloading])
  }

  /** How many servers are watched. */
  get watched(): number {
    return this.#deadlines.size
  }

  /** These servers may have got a deadline, or a nearer one. */
  lookAt(ids: Iterable<ServerId>): void {
    if (!this.#active) return
    for (const id of ids) this.#unread.add(id)
    if (this.#unread.size > 0) this.#reading ??= this.#read()
  }

  /** The deadlines of these servers are not before these instants. */
  watch(deadlines: Iterable<Deadline>): void {
    for (const { id, at } of deadlines) this.#promise(id, at)
  }

  /** Reads every deadline again; what is queued for sooner keeps its place. */
  reload(): void {
    if (!this.#active) return
    this.#stale = true
    this.#reloading ??= this.#reload()
  }

  async #reload(): Promise<void> {
    while (this.#active && this.#stale) {
      this.#stale = false
      try {
        for (const { id, at } of await readDeadlines(this.options.store, null)) this.#promise(id, at)
      } catch (error) {
        this.options.onError(error)
        this.#stale = true
        await pause(FAILED_MS)
      }
    }
    this.#reloading = undefined
  }

  async #read(): Promise<void> {
    while (this.#active && this.#unread.size > 0) {
      const ids = [...this.#unread]
      this.#unread.clear()
      try {
        for (const { id, at } of await readDeadlines(this.options.store, ids)) this.#promise(id, at)
      } catch (error) {
        this.options.onError(error)
        for (const id of ids) this.#unread.add(id)
        await pause(FAILED_MS)
      }
    }
    this.#reading = undefined
  }

  #promise(id: ServerId, at: number): void {
    if (this.#active && at < (this.#deadlines.get(id) ?? Infinity)) this.#timer.watch(id, at)
  }

  #fallDue(ids: readonly ServerId[]): void {
    for (const id of ids) this.#due.add(id)
    this.#judging ??= this.#judge()
  }

  async #judge(): Promise<void> {
    while (this.#active && this.#due.size > 0) {
      const ids = this.#takeDue()
      try {
        const { store, hear, heardByOthers } = this.options
        const heard = { hereAtMs: performance.now(), byOthers: heardByOthers }
        await hear(ids)
        for (const [id, answer] of await judgeExpiry(store, ids, heard)) this.#requeue(id, answer)
      } catch (error) {
        this.options.onError(error)
        for (const id of ids) this.#watchIn(id, FAILED_MS)
      }
    }
    this.#judging = undefined
  }

  #takeDue(): ServerId[] {
    const ids: ServerId[] = []
    for (const id of this.#due) {
      if (ids.push(id) === MAX_JUDGED) break
    }
    for (const id of ids) this.#due.delete(id)
    return ids
  }

  #requeue(id: ServerId, answer: ExpiryAnswer): void {
    if (answer.kind === 'fresh') this.#watchIn(id, answer.remainingMs)
    if (answer.kind === 'busy' || answer.kind === 'unheard') this.#watchIn(id, BUSY_MS)
    if (answer.kind === 'blind') this.#watchIn(id, BLIND_MS)
  }

  #watchIn(id: ServerId, remainingMs: number): void {
    this.#promise(id, this.options.clock.now() + remainingMs)
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
