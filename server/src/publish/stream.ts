/**
 * What one subscriber reads: items in order, as many at a time as have gathered, so that a burst costs one turn.
 *
 * Whoever has a thousand subscribers polls: a promise for each would cost as much as to write what it brings.
 */
export abstract class Stream<T> implements AsyncIterableIterator<T> {
  #taken: readonly T[] = []
  #next = 0

  /**
   * What waits to be read; null at the end. Where nothing waits, the answer is empty and `onReady` is called once, when
   * it is worth while to poll again.
   *
   * To poll again says that what was answered before has been passed on.
   *
   * @throws what the stream was ended with, after everything before it has been read
   */
  abstract poll(onReady: () => void): readonly T[] | null

  /** The reader has gone: whoever waits is told that it is ready, and finds the end. */
  abstract close(): void

  /** As `poll`, for those who can wait. */
  async take(): Promise<readonly T[] | null> {
    for (;;) {
      const { promise, resolve } = Promise.withResolvers<void>()
      const items = this.poll(resolve)
      if (items === null || items.length > 0) return items
      await promise
    }
  }

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
