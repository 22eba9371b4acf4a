import { type ShallowRef, shallowRef } from 'vue'

/**
 * The hub's clock, estimated from the `Date` headers of its answers.
 *
 * Ages are counted from the hub's times, so a viewer's clock that is minutes off must not matter. A header says only the
 * second; each answer still bounds the offset from both sides, and what several answers allow together is narrow.
 */
export class HubClock {
  /** What the hub's clock shows more than the local one. */
  readonly offsetMs: Readonly<ShallowRef<number>>
  readonly #offset = shallowRef(0)
  #earliest = -Infinity
  #latest = Infinity

  constructor(readonly local: () => number = () => Date.now()) {
    this.offsetMs = this.#offset
  }

  now(): number {
    return this.local() + this.#offset.value
  }

  /** An answer said `date`; it was asked at `sentAt` and had come at `receivedAt`, by the local clock. */
  observe(date: string | null, sentAt: number, receivedAt: number): void {
    const second = date === null ? Number.NaN : Date.parse(date)
    if (Number.isNaN(second)) return

    const earliest = second - receivedAt
    const latest = second + 999 - sentAt
    const narrowed = { earliest: Math.max(earliest, this.#earliest), latest: Math.min(latest, this.#latest) }
    // Answers that contradict each other mean that a clock was set: only the newest counts.
    const agree = narrowed.earliest <= narrowed.latest
    this.#earliest = agree ? narrowed.earliest : earliest
    this.#latest = agree ? narrowed.latest : latest
    // The viewer's own clock is right more often than not: it is kept where the answers allow it.
    const allowsNone = this.#earliest <= 0 && this.#latest >= 0
    this.#offset.value = allowsNone ? 0 : (this.#earliest + this.#latest) / 2
  }
}

/** An answer that takes longer than this will not come. */
const ANSWER_TIMEOUT_MS = 15_000

/** `fetch` that shows each answer's date to the clock, and that does not wait for ever. */
export function clockedFetch(
  clock: HubClock,
  fetch: typeof globalThis.fetch = globalThis.fetch,
): typeof globalThis.fetch {
  return async (input, init) => {
    const sentAt = clock.local()
    const timeout = AbortSignal.timeout(ANSWER_TIMEOUT_MS)
    const signal = init?.signal ? AbortSignal.any([init.signal, timeout]) : timeout
    const response = await fetch(input, { ...init, signal })
    clock.observe(response.headers.get('date'), sentAt, clock.local())
    return response
  }
}
