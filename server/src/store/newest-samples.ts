import type { DiskUsage, MetricSample } from '../core/metrics.ts'
import { SUSTAINED_SAMPLES } from '../core/thresholds.ts'
import type { Instant, ServerId } from '../core/types.ts'
import { ms } from './instant.ts'
import { SAMPLE_COLUMNS, type StoredSample } from './metric-samples.ts'
import { type BlockRow, samplesIn } from './metric-tiers.ts'
import type { Store } from './store.ts'
import { type Queryable, reachable } from './transaction.ts'

/** What a sample is judged by. */
export type JudgedSample = Pick<MetricSample, 'cpuPercent' | 'memoryPercent' | 'load1' | 'disks'> & {
  readonly at: Instant
}

/** Packed hours that the search for history goes back. */
const HOURS_BACK = 24

const NEWEST_NOT_ROLLED_UP = `
  select wanted.id as "serverId", s.*
  from unnest($1::int[]) as wanted (id) cross join lateral (
    select ${ms('at')} as at, cpu_percent as "cpuPercent", memory_percent as "memoryPercent", load1,
      case when row_number() over (order by at desc) <= ${SUSTAINED_SAMPLES} then disks end as disks
    from metric_sample
    where server_id = wanted.id and at > statement_timestamp() - interval '1 day'
    order by metric_sample.at desc limit $2
  ) s`

/** The newest packed hours of each server, as many as hold the samples that it still lacks. */
const NEWEST_PACKED = `
  select b."serverId", b.at, b.samples, b.block
  from unnest($1::int[], $2::int[]) as wanted (id, lacking) cross join lateral (
    select server_id as "serverId", ${ms('at')} as at, samples, block,
      sum(samples) over (order by at desc) - samples as before
    from metric_raw
    where server_id = wanted.id and at > statement_timestamp() - interval '${HOURS_BACK} hours'
    order by metric_raw.at desc
  ) b
  where b.before < wanted.lacking`

/** The newest samples of each server, newest first, about a day old at most. Disks are those of the newest few only. */
export async function newestSamples(
  tx: Queryable,
  ids: readonly ServerId[],
  limit: number,
): Promise<Map<ServerId, JudgedSample[]>> {
  const { rows } = await tx.query<
    Omit<JudgedSample, 'disks'> & { serverId: ServerId; disks: readonly DiskUsage[] | null }
  >({
    name: 'newest-samples',
    text: NEWEST_NOT_ROLLED_UP,
    values: [ids, limit],
  })
  const byServer = Map.groupBy(
    rows.map((row) => ({ ...row, disks: row.disks ?? [] })),
    (row) => row.serverId,
  )
  const lacking = ids.map((id) => ({ id, count: limit - (byServer.get(id)?.length ?? 0) })).filter((it) => it.count > 0)
  const packed = Map.groupBy(await newestPacked(tx, lacking), (row) => row.serverId)
  return new Map(
    ids.map((id) => {
      const history = (packed.get(id) ?? []).flatMap(samplesIn)
      const all: JudgedSample[] = [...(byServer.get(id) ?? []), ...history]
      return [id, all.sort((a, b) => b.at - a.at).slice(0, limit)]
    }),
  )
}

const LATEST_NOT_ROLLED_UP = `
  select s.* from unnest($1::int[]) as wanted (id) cross join lateral (
    select ${SAMPLE_COLUMNS}, at < date_trunc('hour', statement_timestamp()) - interval '1 hour' as late
    from metric_sample
    where server_id = wanted.id and at > statement_timestamp() - interval '1 day'
    order by metric_sample.at desc limit 1
  ) s`

/** The newest sample of each server, not older than about a day. */
export async function latestSamples(store: Store, ids: readonly ServerId[]): Promise<Map<ServerId, StoredSample>> {
  return reachable(async () => {
    const { rows } = await store.pool.query<StoredSample & { late: boolean }>({
      name: 'latest-samples',
      text: LATEST_NOT_ROLLED_UP,
      values: [ids],
    })
    const found = new Map(rows.map(({ late, ...sample }) => [sample.serverId, sample]))
    // One that came late may have newer ones before it.
    const live = new Set(rows.filter((row) => !row.late).map((row) => row.serverId))
    const others = ids.filter((id) => !live.has(id)).map((id) => ({ id, count: 1 }))
    for (const row of await newestPacked(store.pool, others)) {
      const newest = samplesIn(row).at(-1)
      const known = found.get(row.serverId)
      if (newest && newest.at > (known?.at ?? 0)) found.set(row.serverId, { ...newest, serverId: row.serverId })
    }
    return found
  })
}

async function newestPacked(
  tx: Queryable,
  lacking: readonly { readonly id: ServerId; readonly count: number }[],
): Promise<BlockRow[]> {
  if (lacking.length === 0) return []
  const { rows } = await tx.query<BlockRow>({
    name: 'newest-packed',
    text: NEWEST_PACKED,
    values: [lacking.map((it) => it.id), lacking.map((it) => it.count)],
  })
  return rows
}
