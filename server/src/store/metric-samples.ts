import type { TimedSample } from '../core/buckets.ts'
import { MAX_SAMPLES_A_MINUTE, METRICS, type Metric, type MetricSample, type ProcessUsage } from '../core/metrics.ts'
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

export const SAMPLE_COLUMNS = [
  'server_id as "serverId"',
  `${ms('at')} as at`,
  ...METRICS.map((metric) => `${COLUMNS[metric]} as "${metric}"`),
  'disks',
].join(', ')

/** Figures that a 4-byte float would round. */
const DOUBLES = new Set<Metric>(['uptimeSeconds', 'processes'])

/** Two samples of one server with the same uptime are one, told twice, unless they are further apart than this. */
const SAME_SAMPLE_WITHIN = "interval '1 minute'"

/** Which to print as 4-byte floats, and which as 8-byte floats. */
const [SINGLE, DOUBLE] = [
  METRICS.filter((metric) => !DOUBLES.has(metric)),
  METRICS.filter((metric) => DOUBLES.has(metric)),
]

const list = (metrics: readonly Metric[]) =>
  `array_to_string(array[${metrics.map((metric) => COLUMNS[metric]).join(', ')}], ',', 'null')`

/** Many samples in one text of JSON: to read each figure by itself costs both sides several times as much. */
export const SAMPLES_JSON = `concat('[', string_agg(
  concat('[', date_part('epoch', at), ',', disks, ',', ${list(SINGLE)}, ',', ${list(DOUBLE)}, ']'), ','), ']')`

type SampleJson = readonly [seconds: number, disks: MetricSample['disks'], ...figures: (number | null)[]]

const NO_FIGURES = Object.fromEntries(METRICS.map((metric) => [metric, null])) as Record<Metric, number | null>

/** What `SAMPLES_JSON` says. Times are cut to the millisecond. */
export function samplesOf(json: string): TimedSample[] {
  return (JSON.parse(json) as SampleJson[]).map(([seconds, disks, ...figures]) => {
    const sample = { at: Math.floor(Math.round(seconds * 1e6) / 1e3), disks, ...NO_FIGURES }
    for (let i = 0; i < METRICS.length; i++)
      sample[(SINGLE[i] ?? DOUBLE[i - SINGLE.length]) as Metric] = figures[i] ?? null
    return sample
  })
}

/**
 * One that may have come late was measured as long after the one before it as the machine's uptime says, which is within what
 * the hub's pause leaves open, and exact.
 */
const BY_UPTIME = `
      select s.at + (given.uptime_seconds - s.uptime_seconds) * interval '1 second' as at
      from metric_sample s
      where given.late_ms > 0 and s.server_id = given.server_id and s.uptime_seconds <= given.uptime_seconds
        and s.at > statement_timestamp() - interval '1 day'
      order by s.at desc limit 1`

const INSERT = `
  with given as (
    select distinct on (server_id, coalesce(uptime_seconds, -n)) *
    from unnest($1::int[], $2::float8[], $3::float8[], $4::text[], ${METRICS.map((metric, i) => `$${i + 5}::${DOUBLES.has(metric) ? 'float8' : 'real'}[]`).join(', ')})
      with ordinality as b (server_id, age_ms, late_ms, disks, ${METRICS.map((metric) => COLUMNS[metric]).join(', ')}, n)
    order by server_id, coalesce(uptime_seconds, -n), n
  ), timed as (
    select given.*, least(read_at, greatest(read_at - late_ms * interval '1 millisecond', coalesce(by_uptime.at, read_at))) as at
    from given join server_heartbeat using (server_id)
      cross join lateral (select statement_timestamp() - age_ms * interval '1 millisecond' as read_at) as told
      left join lateral (${BY_UPTIME}) as by_uptime on true
  ), fresh as (
    select t.*, beside + row_number() over (partition by server_id, date_trunc('minute', at) order by at)
      <= ${MAX_SAMPLES_A_MINUTE} as fits
    from timed t cross join lateral (
      select bool_or(s.uptime_seconds = t.uptime_seconds) as is_doubled,
        count(*) filter (where date_trunc('minute', s.at) = date_trunc('minute', t.at)) as beside
      from metric_sample s
      where s.server_id = t.server_id and s.at between t.at - ${SAME_SAMPLE_WITHIN} and t.at + ${SAME_SAMPLE_WITHIN}
    ) as near
    where is_doubled is not true
  ), written as (
    insert into metric_sample (server_id, at, ${METRICS.map((metric) => COLUMNS[metric]).join(', ')}, disks)
    select server_id, at, ${METRICS.map((metric) => COLUMNS[metric]).join(', ')}, disks::json
    from fresh
    where fits
    order by server_id, at
    on conflict (server_id, at) do nothing
    returning server_id, at
  )
  select t.server_id as "serverId", max(${ms('t.at')}) as at, count(w.at)::int as recorded,
    coalesce(max(left_out.count), 0) as "tooMany"
  from timed t left join written w using (server_id, at)
    left join (select server_id, count(*)::int from fresh where not fits group by server_id) as left_out using (server_id)
  group by t.server_id`

/** A sample on its way in. */
export interface SampleEntry {
  readonly serverId: ServerId
  /** How long ago it was measured. */
  readonly ageMs: number
  /** By how much more it may be: it may have waited unseen for a hub that was paused. */
  readonly lateMs?: number
  readonly sample: MetricSample
  /** What was sent with it of the machine's processes; kept apart, see top-processes.ts. */
  readonly processes?: readonly ProcessUsage[]
}

/** What became of one server's part of a batch. */
export interface InsertedSamples {
  /** When the newest of them counts as measured. */
  readonly at: Instant
  readonly recorded: number
  /** More than are kept of a minute. The others that were not recorded were there already. */
  readonly tooMany: number
}

/**
 * Stores samples, many servers' at once. It touches nothing that heartbeats touch. A sample that is there already is told
 * by its uptime, which the same machine shows at one moment only: delivered twice, its age is never quite the same. Of a
 * minute of one server no more are kept than any agent measures, so that nobody can fill the disk, nor an hour grow too
 * large to be rolled up.
 *
 * @returns what became of each server's; a server that is missing there is unknown.
 */
export async function insertSamples(
  store: Store,
  entries: readonly SampleEntry[],
): Promise<Map<ServerId, InsertedSamples>> {
  const values = [
    entries.map((entry) => entry.serverId),
    entries.map((entry) => entry.ageMs),
    entries.map((entry) => entry.lateMs ?? 0),
    entries.map((entry) => JSON.stringify(entry.sample.disks)),
    ...METRICS.map((metric) => entries.map((entry) => entry.sample[metric])),
  ]
  const { rows } = await reachable(() =>
    store.pool.query<InsertedSamples & { serverId: ServerId }>({ name: 'insert-samples', text: INSERT, values }),
  )
  return new Map(rows.map(({ serverId, ...inserted }) => [serverId, inserted]))
}

/** One server's samples from `from` to `to` that are not rolled up yet. */
export async function readSamples(
  tx: Queryable,
  serverId: ServerId,
  from: Instant,
  to: Instant,
): Promise<StoredSample[]> {
  const { rows } = await tx.query<StoredSample>(
    `select ${SAMPLE_COLUMNS} from metric_sample
     where server_id = $1 and at >= ${timestamp('$2')} and at < ${timestamp('$3')}`,
    [serverId, from, to],
  )
  return rows
}
