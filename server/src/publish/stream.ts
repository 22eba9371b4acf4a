/**
 * What one subscriber reads: items in order, as many at a time as have gathered, so that a burst costs one turn.
 *
 * It is also an async iterator of single items, which ends with the stream.
 */
export abstract class Stream<T> implements AsyncIterableIterator<T> {
  #taken: readonly T[] = []
  #next = 0

  /**
   * What waits to be read: one item at least, for which it waits. Null at the end.
   *
   * To take again says that what was taken before has been passed on.
   *
   * @throws what the stream was ended with, after everything before it has been taken
   */
  abstract take(): Promise<readonly T[] | null>

  /** The reader has gone: whoever waits in `take` learns that this is the end. */
  abstract close(): void

  async next(): Promise<IteratorResult<T>> {
    if (this.#next === this.#taken.length) {
      this.#taken = (await this.take()) ?? []
      this.#next = 0
      if (this.#taken.length === 0) return { value: undefined, done: true }
    }
    return { value: this.#taken[this.#next++] as T, done: false }
  }

  async return(): Promise<IteratorResult<T>> {
    this.#taken = []
    this.#next = 0
    this.close()
    return { value: undefined, done: true }
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}
