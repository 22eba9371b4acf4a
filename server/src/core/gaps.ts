import type { Gap, Instant } from './types.ts'

/**
 * Time is added and compared in whole microseconds, the database's own resolution.
 *
 * An `Instant` holds them as a fraction of a millisecond, which binary numbers cannot hold exactly: sums of several would
 * land beside the limit by less than a microsecond, and "exactly at 60 s" would be decided by chance.
 * Whole microseconds stay exact up to the year 2255.
 */
const MICROS_PER_MS = 1_000

/**
 * Time since the last heartbeat less what gaps cover in between: the silence that somebody could have heard.
 * Overlapping gaps count once. Never negative, also for a heartbeat in the future.
 */
export function observedSilenceMs(lastHeartbeatAt: Instant, gaps: readonly Gap[], now: Instant): number {
  const start = toMicros(lastHeartbeatAt)
  const end = toMicros(now)
  if (end <= start) return 0

  let silence = end - start
  for (const gap of unobserved(gaps, start, end)) silence -= gap.until - gap.from
  return silence / MICROS_PER_MS
}

/**
 * The last instant at which observed silence is still at most `limitMs`, given the gaps known.
 *
 * Silence stands still during a gap. So where it reaches the limit just as a gap begins, the deadline is that gap's end.
 */
export function deadlineOf(lastHeartbeatAt: Instant, gaps: readonly Gap[], limitMs: number): Instant {
  let heardUntil = toMicros(lastHeartbeatAt)
  let remaining = toMicros(limitMs)
  for (const gap of unobserved(gaps, heardUntil, Infinity)) {
    const listening = gap.from - heardUntil
    if (listening > remaining) break
    remaining -= listening
    heardUntil = gap.until
  }
  return (heardUntil + remaining) / MICROS_PER_MS
}

/** What the gaps cover between two moments, in microseconds: in order and without overlap. */
function unobserved(gaps: readonly Gap[], start: number, end: number): Gap[] {
  const clipped = gaps
    .map((gap) => ({ from: Math.max(start, toMicros(gap.from)), until: Math.min(end, toMicros(gap.until)) }))
    .filter((gap) => gap.from < gap.until)
    .sort((a, b) => a.from - b.from)

  const merged: { from: number; until: number }[] = []
  for (const gap of clipped) {
    const last = merged.at(-1)
    if (last && gap.from <= last.until) last.until = Math.max(last.until, gap.until)
    else merged.push(gap)
  }
  return merged
}

function toMicros(ms: number): number {
  return Math.round(ms * MICROS_PER_MS)
}
