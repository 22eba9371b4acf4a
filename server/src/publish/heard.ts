const RETRY_MS = 250

export interface HeardOptions<T> {
  /** Reads the things with these ids as they are now, and tells of them. */
  readonly read: (heard: ReadonlyMap<number, T>) => Promise<void>
  /** What is to be told of a thing that was heard of twice before it was read. */
  readonly merge: (earlier: T, later: T) => T
  readonly onError: (error: unknown) => void
}

/**
 * What was heard of and is still to be read, with what was said of it.
 *
 * There is one reader at a time, so that an older state is never told after a newer one; what could not be read is read
 * again, because nobody will speak of it a second time.
 */
export class Heard<T> {
  readonly #heard = new Map<number, T>()
  #reading: Promise<void> | undefined
  #stopped = false

  constructor(readonly options: HeardOptions<T>) {}

  /** Something was said of the thing with this id; what is no id is nothing that was said. */
  add(id: number, said: T): void {
    if (this.#stopped || !Number.isSafeInteger(id)) return
    const earlier = this.#heard.get(id)
    this.#heard.set(id, earlier === undefined ? said : this.options.merge(earlier, said))
    this.#reading ??= this.#read()
  }

  /** Forgets what is still to be read. */
  stop(): void {
    this.#stopped = true
    this.#heard.clear()
  }

  async #read(): Promise<void> {
    while (this.#heard.size > 0) {
      const heard = new Map(this.#heard)
      this.#heard.clear()
      try {
        await this.options.read(heard)
      } catch (error) {
        if (!this.#stopped) await this.#later(heard, error)
      }
    }
    this.#reading = undefined
  }

  async #later(heard: ReadonlyMap<number, T>, error: unknown): Promise<void> {
    this.options.onError(error)
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    if (this.#stopped) return
    for (const [id, earlier] of heard) {
      const later = this.#heard.get(id)
      this.#heard.set(id, later === undefined ? earlier : this.options.merge(earlier, later))
    }
  }
}
