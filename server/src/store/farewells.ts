import type { Farewell, FarewellReason, ServerId } from '../core/types.ts'
import { Refusal } from '../errors.ts'
import { CHANNELS } from './channels.ts'
import { ms } from './instant.ts'
import type { Store } from './store.ts'
import { inTransaction, reachable } from './transaction.ts'

const FAREWELL = `reason, ${ms('at')} as at, ${ms('back_at')} as "expectedBackAt"`

/**
 * Keeps an agent's goodbye; a later one takes its place. It judges nothing: the silence is measured all the same.
 *
 * @param backInSeconds counted by the database's clock, since the machine's own may be wrong.
 * @throws Refusal SERVER_NOT_FOUND
 */
export function recordFarewell(
  store: Store,
  id: ServerId,
  reason: FarewellReason,
  backInSeconds: number | null,
): Promise<Farewell> {
  return inTransaction(store.pool, async (tx) => {
    const { rows } = await tx.query<Farewell>({
      name: 'record-farewell',
      text: `
        insert into farewell (server_id, reason, at, back_at)
        select server_id, $2, clock_timestamp(), clock_timestamp() + $3::int * interval '1 s'
        from server_heartbeat where server_id = $1
        on conflict (server_id) do update
          set reason = excluded.reason, at = excluded.at, back_at = excluded.back_at
        returning ${FAREWELL}`,
      values: [id, reason, backInSeconds],
    })
    if (!rows[0]) throw new Refusal('SERVER_NOT_FOUND', 'No server has this id.')
    await tx.query('select pg_notify($1, $2)', [CHANNELS.server, `UPDATED ${id}`])
    return rows[0]
  })
}

/** The goodbyes that still hold: nothing was heard since. */
export async function findFarewells(store: Store, ids: readonly ServerId[]): Promise<Map<ServerId, Farewell>> {
  const { rows } = await reachable(() =>
    store.pool.query<Farewell & { id: ServerId }>({
      name: 'find-farewells',
      text: `
        select server_id as id, ${FAREWELL} from farewell join server_heartbeat using (server_id)
        where server_id = any($1::int[]) and (last_heartbeat_at is null or at >= last_heartbeat_at)`,
      values: [ids],
    }),
  )
  return new Map(rows.map(({ id, ...farewell }) => [id, farewell]))
}
