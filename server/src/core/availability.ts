import type { Gap, Instant, StatusAndReason } from './types.ts'

/** A status from an instant on. */
export interface StatusFrom extends StatusAndReason {
  readonly at: Instant
}

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

type Share = 'alive' | 'offline' | 'notCounted'

/**
 * Availability from `from` to `to`: gaps in our observation, suspension and waiting are left out of the denominator.
 *
 * @param statuses in order; the first one that began at or before `from` counts from there. Before the first one nothing
 *   is counted.
 * @param gaps in any order; they may overlap.
 */
export function availabilityOf(
  statuses: readonly StatusFrom[],
  gaps: readonly Gap[],
  from: Instant,
  to: Instant,
): Availability {
  const total = { alive: 0, offline: 0, notCounted: 0 }
  let unobservedMs = 0
  const merged = mergeGaps(gaps)
  const begins = [
    { at: -Infinity, share: 'notCounted' as Share },
    ...statuses.map((it) => ({ at: it.at, share: shareOf(it) })),
  ]
  begins.forEach(({ at, share }, i) => {
    const begin = Math.max(at, from)
    const end = Math.min(begins[i + 1]?.at ?? to, to)
    if (end <= begin) return
    const hidden = share === 'notCounted' ? 0 : coveredMs(merged, begin, end)
    unobservedMs += hidden
    total[share] += end - begin - hidden
  })
  const counted = total.alive + total.offline
  return {
    aliveMs: total.alive,
    offlineMs: total.offline,
    unobservedMs,
    notCountedMs: total.notCounted,
    percent: counted > 0 ? (100 * total.alive) / counted : null,
  }
}

function shareOf({ status, reason }: StatusAndReason): Share {
  if (reason === 'NEVER_SEEN' || reason === 'SUSPENDED') return 'notCounted'
  return status === 'OFFLINE' ? 'offline' : 'alive'
}

function mergeGaps(gaps: readonly Gap[]): Gap[] {
  const merged: { from: Instant; until: Instant }[] = []
  for (const gap of gaps.toSorted((a, b) => a.from - b.from)) {
    const last = merged.at(-1)
    if (last && gap.from <= last.until) last.until = Math.max(last.until, gap.until)
    else merged.push({ ...gap })
  }
  return merged
}

function coveredMs(merged: readonly Gap[], from: Instant, to: Instant): number {
  return merged.reduce((sum, gap) => sum + Math.max(0, Math.min(gap.until, to) - Math.max(gap.from, from)), 0)
}
