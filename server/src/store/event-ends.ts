import type { Instant } from '../core/types.ts'
import { ms } from './instant.ts'
import type { Store } from './store.ts'
import { reachable } from './transaction.ts'

/** When the status that each of these events began ended: when the server's next event counts from. */
export async function readEventEnds(store: Store, ids: readonly number[]): Promise<Map<number, Instant>> {
  const { rows } = await reachable(() =>
    store.pool.query<{ id: number; until: Instant }>(
      `select e.id, greatest(${ms('next.at')}, ${ms('e.at')}) as until
       from status_event e cross join lateral (
         select at from status_event n where n.server_id = e.server_id and n.id > e.id order by n.id limit 1
       ) next
       where e.id = any($1::bigint[])`,
      [ids],
    ),
  )
  return new Map(rows.map((row) => [row.id, row.until]))
}
