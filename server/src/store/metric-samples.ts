import { METRICS, type Metric, type MetricSample } from '../core/metrics.ts'
import { type AlertLimits, DEFAULT_LIMITS } from '../core/thresholds.ts'
import type { Instant, ServerId } from '../core/types.ts'
import { ms, timestamp } from './instant.ts'
import type { Store } from './store.ts'
import { type Queryable, reachable } from './transaction.ts'

/** A sample as stored. */
export type StoredSample = MetricSample & { readonly serverId: ServerId; readonly at: Instant }

/** Column names by property. */
const COLUMNS: Readonly<Record<Metric, string>> = {
  cpuPercent: 'cpu_percent',
  memoryPercent: 'memory_percent',
  swapPercent: 'swap_percent',
  load1: 'load1',
  load5: 'load5',
  load15: 'load15',
  networkRxBytesPerSecond: 'network_rx_bytes_per_second',
  networkTxBytesPerSecond: 'network_tx_bytes_per_second',
  diskReadBytesPerSecond: 'disk_read_bytes_per_second',
  diskWriteBytesPerSecond: 'disk_write_bytes_per_second',
  uptimeSeconds: 'uptime_seconds',
  processes: 'processes',
}

const SELECTED = [
  'server_id as "serverId"',
  `${ms('at')} as at`,
  ...METRICS.map((metric) => `${COLUMNS[metric]} as "${metric}"`),
  'disks',
].join(', ')

const INSERT = `
  insert into metric_sample (server_id, at, ${METRICS.map((metric) => COLUMNS[metric]).join(', ')}, disks)
  select server_id, statement_timestamp() - $2::float8 * interval '1 millisecond',
    ${METRICS.map((_, i) => `$${i + 4}`).join(', ')}, $3::jsonb
  from server_heartbeat where server_id = $1
  on conflict (server_id, at) do nothing
  returning ${ms('at')} as at`

/**
 * Stores one sample. It touches nothing that heartbeats touch.
 *
 * @param ageMs how long ago it was measured.
 * @returns when it counts as measured; null for an unknown server.
 */
export async function insertSample(
  store: Store,
  serverId: ServerId,
  sample: MetricSample,
  ageMs: number,
): Promise<Instant | null> {
  const values = [serverId, ageMs, JSON.stringify(sample.disks), ...METRICS.map((metric) => sample[metric])]
  const { rows } = await reachable(() =>
    store.pool.query<{ at: Instant }>({ name: 'insert-sample', text: INSERT, values }),
  )
  return rows[0]?.at ?? null
}

/** The newest samples of one server, newest first, not older than a day. */
export async function newestSamples(tx: Queryable, serverId: ServerId, limit: number): Promise<StoredSample[]> {
  const { rows } = await tx.query<StoredSample>({
    name: 'newest-samples',
    text: `select ${SELECTED} from metric_sample
      where server_id = $1 and at > statement_timestamp() - interval '1 day' order by at desc limit $2`,
    values: [serverId, limit],
  })
  return rows
}

/** The newest sample of each server, not older than a day. */
export async function latestSamples(store: Store, ids: readonly ServerId[]): Promise<Map<ServerId, StoredSample>> {
  const { rows } = await reachable(() =>
    store.pool.query<StoredSample>(
      `select l.* from unnest($1::int[]) as wanted (id) cross join lateral (
         select ${SELECTED} from metric_sample m
         where m.server_id = wanted.id and at > statement_timestamp() - interval '1 day' order by at desc limit 1) l`,
      [ids],
    ),
  )
  return new Map(rows.map((sample) => [sample.serverId, sample]))
}

/** Part of a series: means over a stretch of time that begins at `at`. Disks are as at its end. */
export type MetricPoint = Omit<StoredSample, 'serverId'>

/**
 * The samples from `from` to `to`, as they are where there are few enough, else as means of equal stretches.
 *
 * @param maxPoints the most points that are wanted; the stretches follow from it.
 */
export async function readSeries(
  store: Store,
  serverId: ServerId,
  range: { readonly from: Instant; readonly to: Instant; readonly maxPoints: number },
): Promise<MetricPoint[]> {
  const widthMs = Math.max(1, (range.to - range.from) / range.maxPoints)
  const bucket = `floor((${ms('at')} - $2::float8) / $4::float8)`
  const { rows } = await reachable(() =>
    store.pool.query<MetricPoint>(
      `select min(${ms('at')}) as at,
         ${METRICS.map((metric) => `avg(${COLUMNS[metric]})::float8 as "${metric}"`).join(', ')},
         (array_agg(disks order by at desc))[1] as disks
       from metric_sample
       where server_id = $1 and at >= ${timestamp('$2')} and at < ${timestamp('$3')}
       group by ${bucket} order by 1`,
      [serverId, range.from, range.to, widthMs],
    ),
  )
  return rows
}

/** The server's own limits over the defaults. */
export async function readLimits(tx: Queryable, serverId: ServerId): Promise<AlertLimits> {
  const { rows } = await tx.query<{ limits: Partial<AlertLimits> }>(
    'select alert_limits as limits from server where id = $1',
    [serverId],
  )
  return { ...DEFAULT_LIMITS, ...rows[0]?.limits }
}
