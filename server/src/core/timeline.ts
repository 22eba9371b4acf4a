import type { Gap, Instant, StatusAndReason } from './types.ts'

/** A status from an instant on. */
export interface StatusFrom extends StatusAndReason {
  readonly at: Instant
}

/** A stretch of time in one status; `begin` is before `end`. */
export interface Span extends StatusAndReason {
  readonly begin: Instant
  readonly end: Instant
}

/**
 * The statuses between two instants, in order and without overlap. Before the first one there is nothing.
 *
 * @param statuses in the order in which they were written; one that counts from before its predecessor counts from there.
 */
export function spansOf(statuses: readonly StatusFrom[], from: Instant, to: Instant): Span[] {
  const spans: Span[] = []
  let begin = from
  statuses.forEach(({ at, status, reason }, i) => {
    begin = Math.max(begin, at)
    const end = Math.min(statuses[i + 1]?.at ?? to, to)
    if (end > begin) spans.push({ begin, end, status, reason })
  })
  return spans
}

/** The same gaps in order and without overlap. */
export function mergeGaps(gaps: readonly Gap[]): Gap[] {
  const merged: { from: Instant; until: Instant }[] = []
  for (const gap of gaps.toSorted((a, b) => a.from - b.from)) {
    const last = merged.at(-1)
    if (last && gap.from <= last.until) last.until = Math.max(last.until, gap.until)
    else merged.push({ from: gap.from, until: gap.until })
  }
  return merged
}

/** How much of the time between two instants merged gaps cover. */
export function coveredMs(merged: readonly Gap[], from: Instant, to: Instant): number {
  let sum = 0
  for (let i = firstEndingAfter(merged, from); i < merged.length; i++) {
    const gap = merged[i] as Gap
    if (gap.from >= to) break
    sum += Math.min(gap.until, to) - Math.max(gap.from, from)
  }
  return sum
}

function firstEndingAfter(merged: readonly Gap[], at: Instant): number {
  let [low, high] = [0, merged.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((merged[middle] as Gap).until > at) high = middle
    else low = middle + 1
  }
  return low
}
