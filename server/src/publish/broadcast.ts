import { Stream } from './stream.ts'

/** The most items that may wait for one subscriber before its subscription ends: a storm, but not an hour of one. */
export const MAX_QUEUED = 10_000

/** The most items that are taken at once, so that what is on its way to a slow subscriber is bounded too. */
const MAX_TAKEN = 250

/**
 * One subscriber's bounded queue between whoever publishes and whoever reads.
 *
 * It ends when `end` is called, or with the error that it was failed with, after what was queued before has been read.
 */
export class Queue<T> extends Stream<T> {
  #items: T[] = []
  #wake: (() => void) | undefined
  #end: { readonly error: unknown } | 'ended' | undefined

  constructor(
    readonly limit: number,
    /** What this subscriber wants to hear of. */
    readonly accepts: (item: T) => boolean,
    /** Makes the error with which a reader that is too slow is ended; it is given what it has not read. */
    readonly onOverflow: (unread: readonly T[]) => unknown,
    readonly onClose: () => void,
  ) {
    super()
  }

  push(item: T): void {
    if (this.#end || !this.accepts(item)) return
    if (this.#items.length >= this.limit) {
      const error = this.onOverflow(this.#items)
      this.#items = []
      this.fail(error)
      return
    }
    this.#items.push(item)
    this.#wake?.()
  }

  fail(error: unknown): void {
    this.#finish({ error })
  }

  end(): void {
    this.#finish('ended')
  }

  async take(): Promise<readonly T[] | null> {
    while (this.#items.length === 0 && !this.#end) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    if (this.#items.length > 0) return this.#takeItems()
    const end = this.#end
    this.#end = 'ended'
    if (typeof end === 'object') throw end.error
    return null
  }

  close(): void {
    this.#items = []
    this.end()
  }

  #takeItems(): readonly T[] {
    if (this.#items.length > MAX_TAKEN) return this.#items.splice(0, MAX_TAKEN)
    const items = this.#items
    this.#items = []
    return items
  }

  #finish(end: { readonly error: unknown } | 'ended'): void {
    if (this.#end) return
    this.#end = end
    this.onClose()
    this.#wake?.()
  }
}

/** Hands each published item to all who subscribe at that moment, in the same order to each. */
export class Broadcast<T> {
  readonly #queues = new Set<Queue<T>>()

  constructor(
    readonly onOverflow: (unread: readonly T[]) => unknown,
    readonly limit = MAX_QUEUED,
  ) {}

  subscribe(accepts: (item: T) => boolean = () => true): Queue<T> {
    const queue: Queue<T> = new Queue(this.limit, accepts, this.onOverflow, () => this.#queues.delete(queue))
    this.#queues.add(queue)
    return queue
  }

  publish(item: T): void {
    for (const queue of this.#queues) queue.push(item)
  }

  /** Ends every subscription: the hub stops. */
  end(): void {
    for (const queue of [...this.#queues]) queue.end()
  }

  get size(): number {
    return this.#queues.size
  }
}
