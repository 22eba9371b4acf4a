import { deadlineOf } from '../core/gaps.ts'
import type { Instant, ServerId } from '../core/types.ts'
import { ms, timestamp } from './instant.ts'
import type { Store } from './store.ts'
import { reachable } from './transaction.ts'

export interface Deadline {
  readonly id: ServerId
  readonly at: Instant
}

const SERVERS = `
  select s.id, ${ms('h.last_heartbeat_at')} as "lastHeartbeatAt", s.offline_after_seconds * 1000 as "limitMs"
  from server s join server_heartbeat h on h.server_id = s.id
  where s.deleted_at is null and not s.suspended and s.status_reason <> 'HEARTBEAT_EXPIRED'
    and h.last_heartbeat_at is not null and ($1::int[] is null or s.id = any($1::int[]))`

const GAPS = `
  select ${ms('from_at')} as "from", ${ms('until_at')} as "until" from observation_gap
  where until_at > ${timestamp('$1')}`

/**
 * The deadlines of all servers that time alone can make OFFLINE, or of those among the given ones.
 * A deadline that gaps recorded later would move is only too early: whoever is due is looked at again.
 */
export function readDeadlines(store: Store, ids: readonly ServerId[] | null): Promise<Deadline[]> {
  return reachable(async () => {
    const { rows } = await store.watch.query<{ id: ServerId; lastHeartbeatAt: Instant; limitMs: number }>(SERVERS, [
      ids,
    ])
    if (rows.length === 0) return []
    const earliest = rows.reduce((least, row) => Math.min(least, row.lastHeartbeatAt), Infinity)
    const gaps = (await store.watch.query<{ from: Instant; until: Instant }>(GAPS, [earliest])).rows
    return rows.map(({ id, lastHeartbeatAt, limitMs }) => ({ id, at: deadlineOf(lastHeartbeatAt, gaps, limitMs) }))
  })
}
