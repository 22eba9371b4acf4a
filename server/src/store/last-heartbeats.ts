import type { Instant, ServerId } from '../core/types.ts'
import { ms } from './instant.ts'
import type { Store } from './store.ts'
import { reachable } from './transaction.ts'

/** When each of these servers was last heard; null for one that never was. */
export async function readLastHeartbeats(
  store: Store,
  ids: readonly ServerId[],
): Promise<Map<ServerId, Instant | null>> {
  const { rows } = await reachable(() =>
    store.pool.query<{ id: ServerId; at: Instant | null }>(
      `select server_id as id, ${ms('last_heartbeat_at')} as at from server_heartbeat where server_id = any($1::int[])`,
      [ids],
    ),
  )
  return new Map(rows.map(({ id, at }) => [id, at]))
}
