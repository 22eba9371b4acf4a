import { Buckets } from '../core/buckets.ts'
import { holesIn, planSeries, type Resolution, type SeriesRequest } from '../core/series.ts'
import type { Gap, Instant, ServerId } from '../core/types.ts'
import { timestamp } from './instant.ts'
import { SAMPLE_COLUMNS, type StoredSample } from './metric-samples.ts'
import { readNow } from './server-row.ts'
import type { Store } from './store.ts'
import { readGaps } from './timelines.ts'
import { reachable } from './transaction.ts'

const DAY_MS = 86_400_000

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

/** The figures of one server from `from` to `to`, in no more than `maxPoints` stretches. */
export async function readSeries(
  store: Store,
  server: { readonly id: ServerId; readonly createdAt: Instant },
  request: SeriesRequest,
): Promise<Series> {
  const now = await readNow(store)
  const { resolution, cut } = planSeries(request, KEPT, now)
  const [samples, observationGaps] = await Promise.all([
    readSamples(store, server.id, cut.origin, request.to),
    readGaps(store, cut.origin, request.to),
  ])
  const buckets = new Buckets(cut)
  for (const sample of samples) buckets.addSample(sample)
  const range = { from: request.from, to: Math.min(request.to, now), begun: server.createdAt }
  return { resolution, buckets, observationGaps, dataGaps: holesIn(buckets, resolution, range, observationGaps) }
}

const KEPT = { RAW: 2 * DAY_MS, FIVE_MINUTES: 30 * DAY_MS, HOUR: 730 * DAY_MS }

async function readSamples(store: Store, id: ServerId, from: Instant, to: Instant): Promise<StoredSample[]> {
  const { rows } = await reachable(() =>
    store.pool.query<StoredSample>(
      `select ${SAMPLE_COLUMNS} from metric_sample
       where server_id = $1 and at >= ${timestamp('$2')} and at < ${timestamp('$3')}`,
      [id, from, to],
    ),
  )
  return rows
}
