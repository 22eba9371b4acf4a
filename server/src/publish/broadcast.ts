import { Stream } from './stream.ts'

/** The most items that may wait for one subscriber before its subscription ends: a storm, but not an hour of one. */
export const MAX_QUEUED = 10_000

/** The most items that are read at once, so that what is on its way to a slow subscriber is bounded too. */
const MAX_READ = 250

/**
 * One subscriber's bounded queue between whoever publishes and whoever reads.
 *
 * It ends when `end` is called, or with the error that it was failed with, after what was queued before has been read.
 */
export class Queue<T> extends Stream<T> {
  /** As they came: those who read the same together see that it is the same. */
  #bursts: (readonly T[])[] = []
  #size = 0
  #onReady: (() => void) | undefined
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

  push(items: readonly T[]): void {
    if (this.#end) return
    const wanted = items.every(this.accepts) ? items : items.filter(this.accepts)
    if (wanted.length === 0) return
    this.#bursts.push(wanted)
    this.#size += wanted.length
    if (this.#size > this.limit) {
      const error = this.onOverflow(this.#bursts.flat())
      this.#clear()
      this.fail(error)
      return
    }
    this.#wake()
  }

  fail(error: unknown): void {
    this.#finish({ error })
  }

  end(): void {
    this.#finish('ended')
  }

  poll(onReady: () => void): readonly T[] | null {
    if (this.#size > 0) return this.#read()
    if (this.#end) return this.#endOnce()
    this.#onReady = onReady
    return []
  }

  close(): void {
    this.#clear()
    this.end()
  }

  #endOnce(): null {
    const end = this.#end
    this.#end = 'ended'
    if (typeof end === 'object') throw end.error
    return null
  }

  /** One burst as it came, or several small ones that have gathered. */
  #read(): readonly T[] {
    const [first = []] = this.#bursts
    let [bursts, size] = [1, first.length]
    for (; bursts < this.#bursts.length; bursts++) {
      size += (this.#bursts[bursts] as readonly T[]).length
      if (size > MAX_READ) break
    }
    const read = this.#bursts.splice(0, bursts)
    const items = read.length === 1 ? first : read.flat()
    this.#size -= items.length
    return items
  }

  #clear(): void {
    this.#bursts = []
    this.#size = 0
  }

  #finish(end: { readonly error: unknown } | 'ended'): void {
    if (this.#end) return
    this.#end = end
    this.onClose()
    this.#wake()
  }

  #wake(): void {
    const onReady = this.#onReady
    this.#onReady = undefined
    onReady?.()
  }
}

/** Hands what is published together to all who subscribe at that moment, in the same order to each. */
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

  publish(items: readonly T[]): void {
    if (items.length <= MAX_READ) for (const queue of this.#queues) queue.push(items)
    else for (let i = 0; i < items.length; i += MAX_READ) this.publish(items.slice(i, i + MAX_READ))
  }

  /** Ends every subscription: the hub stops. */
  end(): void {
    for (const queue of [...this.#queues]) queue.end()
  }

  get size(): number {
    return this.#queues.size
  }
}
