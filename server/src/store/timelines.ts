import type { Timeline } from '../core/strip.ts'
import { mergeGaps, type StatusFrom } from '../core/timeline.ts'
import type { Gap, Instant, ServerId, StatusAndReason } from '../core/types.ts'
import { ms, timestamp } from './instant.ts'
import type { Queryable } from './transaction.ts'

/** One server over a stretch of time. */
export interface ServerRange {
  readonly id: ServerId
  readonly from: Instant
  readonly to: Instant
}

interface ServerNow extends StatusAndReason {
  readonly id: ServerId
  readonly createdAt: Instant
  readonly deletedAt: Instant | null
}

interface Change extends StatusFrom {
  readonly before: StatusAndReason
}

/**
 * The statuses of a server in each of these ranges; undefined where there is no such server.
 *
 * Told backwards: before its first change after `from` a server had the status that this change ended, and one without
 * a change since has the status that it has now. So nothing before the range is looked at, nor has to be kept.
 */
export async function readTimelines(tx: Queryable, ranges: readonly ServerRange[]): Promise<(Timeline | undefined)[]> {
  // In this order: a status that changes in between is told by its event.
  const servers = new Map((await readServers(tx, ranges)).map((server) => [server.id, server]))
  const changes = Map.groupBy(await readChanges(tx, ranges), (change) => change.range)
  return ranges.map(({ id }, range) => {
    const server = servers.get(id)
    return server && timelineOf(server, changes.get(range) ?? [])
  })
}

/** The same of all servers that are not deleted. */
export async function readAllTimelines(tx: Queryable, from: Instant): Promise<Timeline[]> {
  const servers = await readServers(tx, 'all')
  const byServer = Map.groupBy(await readAllChanges(tx, from), (change) => change.serverId)
  return servers.map((server) => timelineOf(server, byServer.get(server.id) ?? []))
}

function timelineOf(server: ServerNow, changes: readonly Change[]): Timeline {
  const first = changes[0]?.before ?? { status: server.status, reason: server.reason }
  return {
    statuses: [{ at: server.createdAt, ...first }, ...changes],
    until: server.deletedAt ?? Infinity,
  }
}

/** Gaps in observation that touch the range, merged. */
export async function readGaps(tx: Queryable, from: Instant, to: Instant): Promise<Gap[]> {
  const { rows } = await tx.query<Gap>(
    `select ${ms('from_at')} as "from", ${ms('until_at')} as "until" from observation_gap
     where until_at > ${timestamp('$1')} and from_at < ${timestamp('$2')}`,
    [from, to],
  )
  return mergeGaps(rows)
}

async function readServers(tx: Queryable, which: readonly ServerRange[] | 'all'): Promise<ServerNow[]> {
  const { rows } = await tx.query<ServerNow>(
    `select id, status, status_reason as reason, ${ms('created_at')} as "createdAt", ${ms('deleted_at')} as "deletedAt"
     from server where ${which === 'all' ? 'deleted_at is null' : 'id = any($1::int[])'}`,
    which === 'all' ? [] : [[...new Set(which.map(({ id }) => id))]],
  )
  return rows
}

const COLUMNS = `
  e.to_status as status, e.reason, ${ms('e.at')} as at, e.from_status as "fromStatus", e.from_reason as "fromReason"`

/** Changes in each range, and of each server the first one after it: it tells the status up to then. */
const CHANGES_OF = `
  select wanted.range - 1 as range, ${COLUMNS}
  from unnest($1::int[], $2::float8[], $3::float8[]) with ordinality as wanted (id, from_ms, to_ms, range)
    cross join lateral (
      (select * from status_event where server_id = wanted.id
         and at > ${timestamp('wanted.from_ms')} and at < ${timestamp('wanted.to_ms')})
      union all
      (select * from status_event where server_id = wanted.id and at >= ${timestamp('wanted.to_ms')} order by at, id limit 1)
    ) e
  order by e.id`

const CHANGES_OF_ALL = `
  select e.server_id as "serverId", ${COLUMNS} from status_event e where e.at > ${timestamp('$1')} order by e.id`

interface ChangeRow extends StatusFrom {
  readonly fromStatus: StatusAndReason['status']
  readonly fromReason: StatusAndReason['reason']
}

async function readChanges(tx: Queryable, ranges: readonly ServerRange[]) {
  const { rows } = await tx.query<ChangeRow & { readonly range: string }>(CHANGES_OF, [
    ranges.map((it) => it.id),
    ranges.map((it) => it.from),
    ranges.map((it) => it.to),
  ])
  return rows.map(({ range, ...row }) => ({ range: Number(range), ...changeOf(row) }))
}

async function readAllChanges(tx: Queryable, from: Instant) {
  const { rows } = await tx.query<ChangeRow & { readonly serverId: ServerId }>(CHANGES_OF_ALL, [from])
  return rows.map(({ serverId, ...row }) => ({ serverId, ...changeOf(row) }))
}

function changeOf({ fromStatus, fromReason, ...change }: ChangeRow): Change {
  return { ...change, before: { status: fromStatus, reason: fromReason } }
}
