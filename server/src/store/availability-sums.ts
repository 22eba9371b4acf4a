import { type AvailabilitySum, NO_TIME, sumsAfter } from '../core/availability-sums.ts'
import type { Instant, ServerId } from '../core/types.ts'
import { forgetLate, type Progress } from './availability-progress.ts'
import { ms, timestamp } from './instant.ts'
import { inRollUpStep, type RolledUp, type RollUpStep, type ServerTime } from './metric-step.ts'
import { DAY_MS, HOUR_MS, iso } from './metric-tiers.ts'
import type { Retention } from './retention.ts'
import type { Store } from './store.ts'
import { readGaps, readTimelines } from './timelines.ts'
import type { Queryable } from './transaction.ts'

/** So many servers' days are summed in one step, and no more servers than that. */
const STEP_DAYS = 500
const STEP_SERVERS = 200

interface Summed extends ServerTime {
  readonly last: AvailabilitySum
  readonly to: Instant
}

/**
 * Sums the availability of some servers up to the newest hour that is over, in one transaction: of all at each midnight,
 * else of those whose status changed. What is recorded later of a time that was summed takes the sums behind it away, and
 * they are made again.
 *
 * @param step `size`: servers.
 * @throws RollUpError where it failed once it knew which servers are to do
 */
export function sumAvailability(store: Store, retention: Retention, step: RollUpStep = {}): Promise<RolledUp> {
  return inRollUpStep(store, step, {
    find: (tx, { from, graceMs }) => findServers(tx, { from, graceMs, size: step.size ?? STEP_SERVERS, retention }),
    work: (tx, servers) => write(tx, servers, keptDays(retention)),
  })
}

/** As long as anything is charted: when events are gone, what they came to is still known. */
function keptDays({ eventDays, hourDays }: Retention): number {
  return Math.max(eventDays, hourDays)
}

interface Search {
  readonly from: ServerId
  readonly graceMs: number
  readonly size: number
  readonly retention: Retention
}

async function findServers(tx: Queryable, { from, graceMs, size, retention }: Search): Promise<Summed[]> {
  const progress = await forgetLate(tx)
  const target = progress.target ?? Math.floor((progress.now - graceMs) / HOUR_MS) * HOUR_MS
  if (target <= progress.through) return []
  const servers = await readNext(tx, {
    ...progress,
    from: Math.max(from, progress.nextServer),
    target,
    size,
    retention,
  })
  const next = servers.at(-1)
  await tx.query(
    next
      ? `update availability_progress set target = ${timestamp('$1')}, next_server = $2`
      : `update availability_progress set through = ${timestamp('$1')}, target = null, next_server = $2`,
    [target, next ? next.serverId + 1 : 0],
  )
  return servers
}

interface Next extends Progress, Omit<Search, 'graceMs'> {
  readonly target: Instant
}

/** The next servers of this round, and where their sums go on. */
async function readNext(tx: Queryable, { now, through, from, target, size, retention }: Next): Promise<Summed[]> {
  const days = Math.min((target - through) / DAY_MS, retention.eventDays)
  const isAll = Math.floor(target / DAY_MS) > Math.floor(through / DAY_MS)
  const { rows } = await tx.query<Partial<AvailabilitySum> & { id: ServerId; createdAt: Instant }>(
    `select s.id, ${ms('s.created_at')} as "createdAt", ${ms('last.at')} as at, last.alive_ms as "aliveMs",
       last.offline_ms as "offlineMs", last.unobserved_ms as "unobservedMs"
     from server s left join lateral (
       select * from availability_sum where server_id = s.id order by at desc limit 1) last on true
     where s.id >= $1 and s.deleted_at is null and s.created_at < ${timestamp('$3')}
       and ($4 or s.id in (select server_id from status_event where at >= ${timestamp('$2')} and at < ${timestamp('$3')}))
     order by s.id limit $5`,
    [from, through, target, isAll, Math.min(size, Math.max(1, Math.floor(STEP_DAYS / days)))],
  )
  const oldest = Math.floor(now / DAY_MS) * DAY_MS - retention.eventDays * DAY_MS
  return rows.map(({ id, createdAt, at, ...lengths }) => {
    const begin = Math.max(oldest, Math.floor(createdAt / HOUR_MS) * HOUR_MS)
    const last = at == null ? { at: begin, ...NO_TIME } : ({ at, ...lengths } as AvailabilitySum)
    return { serverId: id, at: last.at, last, to: target }
  })
}

async function write(tx: Queryable, servers: readonly Summed[], days: number): Promise<void> {
  const begin = Math.min(...servers.map((server) => server.at))
  const gaps = await readGaps(tx, begin, servers[0]?.to ?? begin)
  const timelines = await readTimelines(
    tx,
    servers.map(({ serverId, at, to }) => ({ id: serverId, from: at, to })),
  )
  const made: (AvailabilitySum & { readonly serverId: ServerId })[] = []
  for (const [i, { serverId, last, to }] of servers.entries()) {
    const timeline = timelines[i]
    if (timeline) for (const sum of sumsAfter(last, to, timeline, gaps)) made.push({ serverId, ...sum })
    await new Promise(setImmediate)
  }
  await tx.query(
    `insert into availability_sum (server_id, at, alive_ms, offline_ms, unobserved_ms)
     select * from unnest($1::int[], $2::timestamptz[], $3::float8[], $4::float8[], $5::float8[])`,
    [
      made.map((sum) => sum.serverId),
      made.map((sum) => iso(sum.at)),
      made.map((sum) => sum.aliveMs),
      made.map((sum) => sum.offlineMs),
      made.map((sum) => sum.unobservedMs),
    ],
  )
  await tx.query(
    `delete from availability_sum where server_id = any($1::int[]) and at < statement_timestamp() - $2 * interval '1 day'`,
    [servers.map((server) => server.serverId), days],
  )
}
