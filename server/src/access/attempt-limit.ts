import { isIPv6 } from 'node:net'
import { Refusal } from '../errors.ts'

const WINDOW_MS = 60_000
const MAX_FAILURES = 10

/** Beyond this many addresses the ones that came first are forgotten. */
const MAX_ADDRESSES = 10_000

/**
 * Lets an address fail ten times a minute.
 *
 * An attempt counts from its beginning, or attempts made side by side would all pass; one that did not fail is given
 * back. Only whoever fails is held up, so people behind one address do not hold up each other by signing in.
 */
export class AttemptLimit {
  readonly #attempts = new Map<string, { count: number; until: number }>()
  readonly #now: () => number

  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** @throws Refusal RATE_LIMITED with the seconds to wait */
  begin(address: string): void {
    const key = networkOf(address)
    const now = this.#now()
    let attempts = this.#attempts.get(key)
    if (!attempts || attempts.until <= now) {
      attempts = { count: 0, until: now + WINDOW_MS }
      this.#attempts.delete(key)
      this.#attempts.set(key, attempts)
      this.#dropOldest()
    }
    if (attempts.count >= MAX_FAILURES) {
      const retryAfterSeconds = Math.ceil((attempts.until - now) / 1_000)
      throw new Refusal('RATE_LIMITED', 'Too many failed attempts. Try again in a minute.', { retryAfterSeconds })
    }
    attempts.count += 1
  }

  /** The attempt did not fail. */
  giveBack(address: string): void {
    const attempts = this.#attempts.get(networkOf(address))
    if (attempts && attempts.count > 0) attempts.count -= 1
  }

  get size(): number {
    return this.#attempts.size
  }

  #dropOldest(): void {
    if (this.#attempts.size <= MAX_ADDRESSES) return
    const [oldest] = this.#attempts.keys()
    if (oldest !== undefined) this.#attempts.delete(oldest)
  }
}

/** Whoever has one IPv6 address has its whole /64. */
function networkOf(address: string): string {
  if (!isIPv6(address) || address.startsWith('::')) return address
  return address.split(':').slice(0, 4).join(':')
}
