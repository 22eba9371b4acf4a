import type { Timeline } from '../core/strip.ts'
import { mergeGaps, type StatusFrom } from '../core/timeline.ts'
import type { Gap, Instant, ServerId, StatusAndReason } from '../core/types.ts'
import { ms, timestamp } from './instant.ts'
import type { Store } from './store.ts'
import { type Queryable, reachable } from './transaction.ts'

/** Of these servers, or of all that are not deleted. */
export type Which = readonly ServerId[] | 'all'

interface ServerNow extends StatusAndReason {
  readonly id: ServerId
  readonly createdAt: Instant
  readonly deletedAt: Instant | null
}

interface Change extends StatusFrom {
  readonly serverId: ServerId
  readonly before: StatusAndReason
}

/**
 * The statuses of each server from the range's begin on.
 *
 * Told backwards: before its first change after `from` a server had the status that this change ended, and one without
 * a change since has the status that it has now. So nothing before the range is looked at, nor has to be kept.
 */
export async function readTimelines(
  store: Store,
  which: Which,
  from: Instant,
  to: Instant,
): Promise<Map<ServerId, Timeline>> {
  // In this order: a status that changes in between is told by its event.
  const servers = await reachable(() => readServers(store.pool, which))
  const changes = await reachable(() => readChanges(store.pool, which, from, to))
  const byServer = Map.groupBy(changes, (change) => change.serverId)
  return new Map(servers.map((server) => [server.id, timelineOf(server, byServer.get(server.id) ?? [])]))
}

function timelineOf(server: ServerNow, changes: readonly Change[]): Timeline {
  const first = changes[0]?.before ?? { status: server.status, reason: server.reason }
  return {
    statuses: [{ at: server.createdAt, ...first }, ...changes],
    until: server.deletedAt ?? Infinity,
  }
}

/** Gaps in observation that touch the range, merged. */
export async function readGaps(store: Store, from: Instant, to: Instant): Promise<Gap[]> {
  const { rows } = await reachable(() =>
    store.pool.query<Gap>(
      `select ${ms('from_at')} as "from", ${ms('until_at')} as "until" from observation_gap
       where until_at > ${timestamp('$1')} and from_at < ${timestamp('$2')}`,
      [from, to],
    ),
  )
  return mergeGaps(rows)
}

async function readServers(tx: Queryable, which: Which): Promise<ServerNow[]> {
  const { rows } = await tx.query<ServerNow>(
    `select id, status, status_reason as reason, ${ms('created_at')} as "createdAt", ${ms('deleted_at')} as "deletedAt"
     from server where ${which === 'all' ? 'deleted_at is null' : 'id = any($1::int[])'}`,
    which === 'all' ? [] : [which],
  )
  return rows
}

const COLUMNS = `
  e.server_id as "serverId", e.to_status as status, e.reason, ${ms('e.at')} as at,
  e.from_status as "fromStatus", e.from_reason as "fromReason"`

/** Changes in the range, and of each server the first one after it: it tells the status up to then. */
const CHANGES_OF = `
  select ${COLUMNS}
  from unnest($1::int[]) as wanted (id) cross join lateral (
    (select * from status_event where server_id = wanted.id and at > ${timestamp('$2')} and at < ${timestamp('$3')})
    union all
    (select * from status_event where server_id = wanted.id and at >= ${timestamp('$3')} order by at, id limit 1)
  ) e
  order by e.id`

const CHANGES_OF_ALL = `select ${COLUMNS} from status_event e where e.at > ${timestamp('$1')} order by e.id`

interface ChangeRow extends StatusFrom {
  readonly serverId: ServerId
  readonly fromStatus: StatusAndReason['status']
  readonly fromReason: StatusAndReason['reason']
}

async function readChanges(tx: Queryable, which: Which, from: Instant, to: Instant): Promise<Change[]> {
  const { rows } =
    which === 'all'
      ? await tx.query<ChangeRow>(CHANGES_OF_ALL, [from])
      : await tx.query<ChangeRow>(CHANGES_OF, [which, from, to])
  return rows.map(({ fromStatus, fromReason, ...change }) => ({
    ...change,
    before: { status: fromStatus, reason: fromReason },
  }))
}
