import { coveredMs, type StatusFrom, spansOf } from './timeline.ts'
import type { Gap, Instant, StatusAndReason } from './types.ts'

/** How a range of time divides. The four lengths add up to the range. */
export interface Availability {
  /** ONLINE or WARNING, and observed. */
  readonly aliveMs: number
  /** OFFLINE because its heartbeats stopped, and observed. */
  readonly offlineMs: number
  /** We could not observe: gaps. */
  readonly unobservedMs: number
  /** It was not to be judged: not created yet, waiting for its first heartbeat, or suspended. */
  readonly notCountedMs: number
  /** Alive among alive and offline, in per cent; null where there is neither. */
  readonly percent: number | null
}

/**
 * Availability from `from` to `to`: gaps in our observation, suspension and waiting are left out of the denominator.
 *
 * @param statuses in order; the first one that began at or before `from` counts from there. Before the first one nothing
 *   is counted.
 * @param gaps merged: in order and without overlap.
 */
export function availabilityOf(
  statuses: readonly StatusFrom[],
  gaps: readonly Gap[],
  from: Instant,
  to: Instant,
): Availability {
  let [aliveMs, offlineMs, unobservedMs] = [0, 0, 0]
  for (const { begin, end, ...status } of spansOf(statuses, from, to)) {
    if (!isJudged(status)) continue
    const hidden = coveredMs(gaps, begin, end)
    unobservedMs += hidden
    if (status.status === 'OFFLINE') offlineMs += end - begin - hidden
    else aliveMs += end - begin - hidden
  }
  return withPercent({
    aliveMs,
    offlineMs,
    unobservedMs,
    notCountedMs: to - from - aliveMs - offlineMs - unobservedMs,
  })
}

export function withPercent(lengths: Omit<Availability, 'percent'>): Availability {
  const counted = lengths.aliveMs + lengths.offlineMs
  return { ...lengths, percent: counted > 0 ? (100 * lengths.aliveMs) / counted : null }
}

function isJudged({ reason }: StatusAndReason): boolean {
  return reason !== 'NEVER_SEEN' && reason !== 'SUSPENDED'
}
