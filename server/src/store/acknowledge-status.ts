import type { Server, ServerId } from '../core/types.ts'
import { Refusal } from '../errors.ts'
import { finish, lockServer } from './servers.ts'
import type { Store } from './store.ts'
import { inTransaction } from './transaction.ts'

/** What asks for somebody. A server that waits or is suspended asks for nobody. */
const NEEDS_SOMEBODY = ['ACTIVE_ALERTS', 'ACTIVE_ANOMALIES', 'HEARTBEAT_EXPIRED']

/**
 * Says that somebody knows of the status that the server has now; again, it replaces what was said before.
 *
 * It changes no status, and `settle` clears it with the next change of one.
 *
 * @throws Refusal SERVER_NOT_FOUND, or CONFLICT where the server needs nobody: it may just have come back
 */
export function acknowledgeStatus(store: Store, id: ServerId, by: string, note: string | null): Promise<Server> {
  return inTransaction(store.pool, async (tx) => {
    await lockServer(tx, id)
    const { rowCount } = await tx.query(
      `update server
       set acknowledged_at = statement_timestamp(), acknowledged_by = $2, acknowledge_note = $3
       where id = $1 and status_reason = any($4::text[])`,
      [id, by, note, NEEDS_SOMEBODY],
    )
    if (rowCount === 0) throw new Refusal('CONFLICT', 'There is nothing to acknowledge: this server needs nobody now.')
    return finish(tx, id, 'UPDATED')
  })
}

/** Takes it back; where nothing was said it changes nothing. @throws Refusal SERVER_NOT_FOUND */
export function unacknowledgeStatus(store: Store, id: ServerId): Promise<Server> {
  return inTransaction(store.pool, async (tx) => {
    await lockServer(tx, id)
    await tx.query(
      `update server set acknowledged_at = null, acknowledged_by = null, acknowledge_note = null where id = $1`,
      [id],
    )
    return finish(tx, id, 'UPDATED')
  })
}
