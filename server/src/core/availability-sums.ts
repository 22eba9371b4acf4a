import { type Availability, availabilityOf, withPercent } from './availability.ts'
import type { Timeline } from './strip.ts'
import type { StatusFrom } from './timeline.ts'
import type { Gap, Instant } from './types.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** What a server's time up to an instant comes to, counted from any beginning: only differences say something. */
export interface AvailabilitySum {
  readonly at: Instant
  readonly aliveMs: number
  readonly offlineMs: number
  readonly unobservedMs: number
}

/** How a range divides; what is not counted follows from its length. */
export type Lengths = Omit<AvailabilitySum, 'at'>

export const NO_TIME: Lengths = { aliveMs: 0, offlineMs: 0, unobservedMs: 0 }

/**
 * Sums of the time after `before` and up to `to`: at each midnight (UTC), and at the end of each hour in which the status
 * changed. So between any instant and the next sum lie the changes of one hour at most, and a server that keeps its
 * status costs one sum a day.
 *
 * @param gaps merged.
 */
export function sumsAfter(
  before: AvailabilitySum,
  to: Instant,
  { statuses, until }: Timeline,
  gaps: readonly Gap[],
): AvailabilitySum[] {
  const sums: AvailabilitySum[] = []
  const changes = endingAt(statuses, until)
  let last = before
  let current = 0
  for (const cut of cutsAfter(before.at, to, changes)) {
    let next = current
    while (next < changes.length && (changes[next] as StatusFrom).at < cut) next++
    const { at } = last
    last = { at: cut, ...added(last, availabilityOf(changes.slice(current, next), gaps, at, cut)) }
    sums.push(last)
    current = Math.max(current, next - 1)
  }
  return sums
}

/** A range that is made of parts. */
export function availabilityOfParts(parts: readonly Lengths[], from: Instant, to: Instant): Availability {
  const { aliveMs, offlineMs, unobservedMs } = parts.reduce(added, NO_TIME)
  const notCountedMs = Math.max(0, to - from - aliveMs - offlineMs - unobservedMs)
  return withPercent({ aliveMs, offlineMs, unobservedMs, notCountedMs })
}

export function between(first: AvailabilitySum, last: AvailabilitySum): Lengths {
  return {
    aliveMs: last.aliveMs - first.aliveMs,
    offlineMs: last.offlineMs - first.offlineMs,
    unobservedMs: last.unobservedMs - first.unobservedMs,
  }
}

/** The statuses of a server that is judged no more from `until` on. */
export function endingAt(statuses: readonly StatusFrom[], until: Instant): StatusFrom[] {
  return [...statuses, { at: until, status: 'OFFLINE', reason: 'SUSPENDED' }]
}

function added(a: Lengths, b: Lengths): Lengths {
  return {
    aliveMs: a.aliveMs + b.aliveMs,
    offlineMs: a.offlineMs + b.offlineMs,
    unobservedMs: a.unobservedMs + b.unobservedMs,
  }
}

function cutsAfter(after: Instant, to: Instant, changes: readonly StatusFrom[]): Instant[] {
  const cuts = new Set<Instant>()
  for (let midnight = (Math.floor(after / DAY_MS) + 1) * DAY_MS; midnight <= to; midnight += DAY_MS) cuts.add(midnight)
  for (const { at } of changes) {
    const end = (Math.floor(at / HOUR_MS) + 1) * HOUR_MS
    if (end > after && end <= to) cuts.add(end)
  }
  return [...cuts].sort((a, b) => a - b)
}
