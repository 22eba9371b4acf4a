import { Buckets } from '../core/buckets.ts'
import { without } from '../core/roll-up.ts'
import { holesIn, planSeries, type Resolution, type SeriesPlan, type SeriesRequest } from '../core/series.ts'
import type { Gap, Instant, ServerId } from '../core/types.ts'
import { readSamples } from './metric-samples.ts'
import { hourIn, OPEN_HOURS, readRange, rollupsIn, samplesIn, TIERS } from './metric-tiers.ts'
import { readNow } from './server-row.ts'
import type { Store } from './store.ts'
import { readGaps } from './timelines.ts'
import { inSnapshot, reachable } from './transaction.ts'

/** One server's figures over a range of time. */
export interface Series {
  readonly resolution: Resolution
  /** Empty ones are among them; see `Buckets.filled`. */
  readonly buckets: Buckets
  /** When we could not observe. */
  readonly observationGaps: readonly Gap[]
  /** When we could, and no sample was measured. */
  readonly dataGaps: readonly Gap[]
}

/**
 * The figures of one server from `from` to `to`, in no more than `maxPoints` stretches.
 *
 * @param kept how far back each resolution reaches, in milliseconds.
 */
export async function readSeries(
  store: Store,
  server: { readonly id: ServerId; readonly createdAt: Instant },
  request: SeriesRequest,
  kept: Readonly<Record<Resolution, number>>,
): Promise<Series> {
  const now = await readNow(store)
  const plan = planSeries(request, kept, now)
  const [buckets, observationGaps] = await Promise.all([
    readBuckets(store, server.id, plan, request.to),
    reachable(() => readGaps(store.pool, request.from, request.to)),
  ])
  const range = { from: request.from, to: Math.min(request.to, now), begun: server.createdAt }
  const dataGaps = holesIn(buckets, plan.resolution, range, observationGaps)
  return { resolution: plan.resolution, buckets, observationGaps, dataGaps }
}

/** What is rolled up and what is not yet, of one snapshot: a sample is in one of them. */
async function readBuckets(
  store: Store,
  serverId: ServerId,
  { resolution, cut }: SeriesPlan,
  to: Instant,
): Promise<Buckets> {
  const buckets = new Buckets(cut)
  const [rows, openHours, samples] = await inSnapshot(store.pool, async (tx) => [
    await readRange(tx, TIERS[resolution], serverId, cut.origin, to),
    resolution === 'HOUR' ? await readRange(tx, OPEN_HOURS, serverId, cut.origin, to) : [],
    await readSamples(tx, serverId, cut.origin, to),
  ])
  const hours = openHours.map(hourIn)
  for (const row of rows) {
    if (resolution === 'RAW') buckets.addSamples(samplesIn(row).filter((sample) => sample.at < to))
    else buckets.addRollups(without(rollupsIn(row), hours))
  }
  for (const hour of hours) buckets.addRollups(hour)
  buckets.addSamples(samples)
  return buckets
}
