/** Figures are of this many last seconds. */
const WINDOW_S = 10

interface Second {
  readonly second: number
  sum: number
  most: number
}

/** What was counted or measured of late, second by second, so that a figure fades when nothing happens any more. */
export class Recent {
  #seconds: Second[] = []

  constructor(readonly monotonicMs: () => number = () => performance.now()) {}

  add(value: number): void {
    const second = this.#second()
    let last = this.#seconds.at(-1)
    if (last?.second !== second) {
      this.#forget(second)
      last = { second, sum: 0, most: -Infinity }
      this.#seconds.push(last)
    }
    last.sum += value
    last.most = Math.max(last.most, value)
  }

  /** The sum of what was added, a second. */
  get perSecond(): number {
    this.#forget(this.#second())
    return this.#seconds.reduce((sum, second) => sum + second.sum, 0) / WINDOW_S
  }

  /** The greatest of what was added; null where nothing was. */
  get most(): number | null {
    this.#forget(this.#second())
    return this.#seconds.length === 0 ? null : Math.max(...this.#seconds.map(({ most }) => most))
  }

  #second(): number {
    return Math.floor(this.monotonicMs() / 1_000)
  }

  #forget(now: number): void {
    this.#seconds = this.#seconds.filter(({ second }) => second > now - WINDOW_S)
  }
}
