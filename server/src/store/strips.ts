import type { Cut } from '../core/buckets.ts'
import { countStrips, type StripCounts, type StripStatus, stripOf } from '../core/strip.ts'
import { coveredMs } from '../core/timeline.ts'
import type { Instant, ServerId } from '../core/types.ts'
import { readNow } from './server-row.ts'
import type { Store } from './store.ts'
import { readGaps, readTimelines } from './timelines.ts'

/** The worst status of each server in each bucket; what is still to come is `NONE`. */
export async function readStrips(
  store: Store,
  ids: readonly ServerId[],
  cut: Cut,
): Promise<Map<ServerId, StripStatus[]>> {
  const { timelines, gaps } = await readRange(store, ids, cut)
  return new Map([...timelines].map(([id, timeline]) => [id, stripOf(timeline, gaps, cut)]))
}

/** The whole fleet in one stretch of time. */
export interface FleetBucket {
  readonly at: Instant
  readonly counts: StripCounts
  /** How much of it lies in observation gaps. */
  readonly unobservedMs: number
}

/** How many servers showed each status in each bucket, each counted once, at its worst. */
export async function readFleetHistory(store: Store, cut: Cut): Promise<FleetBucket[]> {
  const { timelines, gaps } = await readRange(store, 'all', cut)
  const strips = Array.from(timelines.values(), (timeline) => stripOf(timeline, gaps, cut))
  return countStrips(strips, cut.size).map((counts, bucket) => {
    const at = cut.origin + bucket * cut.widthMs
    return { at, counts, unobservedMs: coveredMs(gaps, at, at + cut.widthMs) }
  })
}

async function readRange(store: Store, which: readonly ServerId[] | 'all', cut: Cut) {
  const end = cut.origin + cut.size * cut.widthMs
  const [now, timelines, gaps] = await Promise.all([
    readNow(store),
    readTimelines(store, which, cut.origin, end),
    readGaps(store, cut.origin, end),
  ])
  const shown = [...timelines].map(([id, it]) => [id, { ...it, until: Math.min(it.until, now) }] as const)
  return { timelines: new Map(shown), gaps }
}
