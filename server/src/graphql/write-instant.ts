import type { Instant } from '../core/types.ts'

const MOST_SECONDS = 10_000
/** What stands before the milliseconds. The moments of a long list share their seconds. */
const seconds = new Map<number, string>()

/** As `toISOString` writes it, in a fraction of the time: a fleet has three moments a server. @throws RangeError where it is no instant */
export function writeInstant(at: Instant): string {
  const second = Math.floor(at / 1_000)
  let before = seconds.get(second)
  if (before === undefined) {
    before = new Date(at).toISOString().slice(0, -4)
    if (seconds.size >= MOST_SECONDS) seconds.clear()
    seconds.set(second, before)
  }
  const ms = Math.trunc(at) - second * 1_000
  return `${before}${ms < 10 ? '00' : ms < 100 ? '0' : ''}${ms}Z`
}
