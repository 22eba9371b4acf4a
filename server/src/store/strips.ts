import type { Cut } from '../core/buckets.ts'
import { type StripCounts, type StripStatus, StripTally, stripOf, type Timeline } from '../core/strip.ts'
import { coveredMs } from '../core/timeline.ts'
import type { Gap, Instant, ServerId } from '../core/types.ts'
import { readNow } from './server-row.ts'
import type { Store } from './store.ts'
import { readAllTimelines, readGaps, readTimelines } from './timelines.ts'
import { type Queryable, reachable } from './transaction.ts'

/** The worst status of each server in each bucket; what is still to come is `NONE`. */
export async function readStrips(
  store: Store,
  ids: readonly ServerId[],
  cut: Cut,
): Promise<Map<ServerId, StripStatus[]>> {
  const ranges = ids.map((id) => ({ id, from: cut.origin, to: endOf(cut) }))
  const [now, timelines, gaps] = await readRange(store, cut, (tx) => readTimelines(tx, ranges))
  return new Map(timelines.flatMap((it, i) => (it ? [[ids[i] as ServerId, shownStrip(it, { gaps, cut, now })]] : [])))
}

/** The whole fleet in one stretch of time. */
export interface FleetBucket {
  readonly at: Instant
  readonly counts: StripCounts
  /** How much of it lies in observation gaps. */
  readonly unobservedMs: number
}

/** Servers that are counted before heartbeats get their turn again: some milliseconds. */
const IN_ONE_TURN = 500

/** How many servers showed each status in each bucket, each counted once, at its worst. */
export async function readFleetHistory(store: Store, cut: Cut): Promise<FleetBucket[]> {
  const [now, timelines, gaps] = await readRange(store, cut, (tx) => readAllTimelines(tx, cut.origin))
  const tally = new StripTally(cut.size)
  for (const [i, timeline] of timelines.entries()) {
    tally.add(shownStrip(timeline, { gaps, cut, now }))
    if (i % IN_ONE_TURN === IN_ONE_TURN - 1) await new Promise(setImmediate)
  }
  return tally.counts.map((counts, bucket) => {
    const at = cut.origin + bucket * cut.widthMs
    return { at, counts, unobservedMs: coveredMs(gaps, at, at + cut.widthMs) }
  })
}

function readRange<T>(store: Store, cut: Cut, read: (tx: Queryable) => Promise<T>) {
  return reachable(() =>
    Promise.all([readNow(store), read(store.pool), readGaps(store.pool, cut.origin, endOf(cut))] as const),
  )
}

function shownStrip(
  timeline: Timeline,
  { gaps, cut, now }: { readonly gaps: readonly Gap[]; readonly cut: Cut; readonly now: Instant },
): StripStatus[] {
  return stripOf({ ...timeline, until: Math.min(timeline.until, now) }, gaps, cut)
}

function endOf(cut: Cut): Instant {
  return cut.origin + cut.size * cut.widthMs
}
