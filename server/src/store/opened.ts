import type { Instant, ServerId } from '../core/types.ts'
import { Refusal } from '../errors.ts'
import { CHANNELS } from './channels.ts'
import { settle } from './settle.ts'
import type { Store } from './store.ts'
import { type Queryable, reachable } from './transaction.ts'

/** What is opened about a server and resolved in the end: an alert or an anomaly. */
export interface Opened {
  readonly id: number
  readonly serverId: ServerId
  readonly resolvedAt: Instant | null
}

/** Where alerts or anomalies are stored. The type is that of a row, read by `columns`. */
export interface OpenedTable<T extends Opened> {
  readonly name: 'alert' | 'anomaly'
  readonly columns: string
  /** Only for its type. */
  readonly row?: T
}

/** Those with the ids, in the order of their ids; those that there are. */
export async function findOpened<T extends Opened>(
  store: Store,
  { name, columns }: OpenedTable<T>,
  ids: readonly number[],
): Promise<T[]> {
  const { rows } = await reachable(() =>
    store.pool.query<T>(`select ${columns} from ${name} where id = any($1::bigint[]) order by id`, [ids]),
  )
  return rows
}

/** Those of each server that are not resolved, the newest first; of all servers, by reading no list of them, where none is given. */
export async function activeOpened<T extends Opened>(
  tx: Queryable,
  { name, columns }: OpenedTable<T>,
  ids: readonly ServerId[] | undefined,
): Promise<Map<ServerId, T[]>> {
  const theirs = ids ? 'server_id = any($1::int[]) and' : ''
  const { rows } = await tx.query<T>(
    `select ${columns} from ${name} where ${theirs} resolved_at is null order by id desc`,
    ids && [ids],
  )
  return Map.groupBy(rows, ({ serverId }) => serverId)
}

/** Locks its server, and then it. @throws Refusal NOT_FOUND */
export async function lockOpened<T extends Opened>(
  tx: Queryable,
  { name, columns }: OpenedTable<T>,
  id: number,
): Promise<T> {
  const found = await tx.query<Pick<T, 'serverId'>>(`select server_id as "serverId" from ${name} where id = $1`, [id])
  const serverId = found.rows[0]?.serverId
  if (serverId === undefined) throw new Refusal('NOT_FOUND', `No ${name} has this id.`)
  // Heartbeat rows are locked before alerts and anomalies, by everybody.
  await tx.query('select 1 from server_heartbeat where server_id = $1 for update', [serverId])
  const { rows } = await tx.query<T>(`select ${columns} from ${name} where id = $1 for update`, [id])
  return rows[0] as T
}

/** Ends it; the server's status follows in the same transaction. Resolving twice changes nothing. @throws Refusal NOT_FOUND */
export async function resolveOpened<T extends Opened>(
  tx: Queryable,
  table: OpenedTable<T>,
  id: number,
  { by, note }: { readonly by: string; readonly note: string | null },
): Promise<T> {
  const opened = await lockOpened(tx, table, id)
  if (opened.resolvedAt !== null) return opened
  const { rows } = await tx.query<T>(
    `update ${table.name} set resolved_at = statement_timestamp(), resolved_by = $2, resolve_note = $3
     where id = $1 returning ${table.columns}`,
    [id, by, note],
  )
  await settle(tx, [opened.serverId], 'change')
  return tellOf(tx, table, rows[0] as T)
}

/** Ends all of a server's that are active: it is deleted. */
export async function resolveAllOf(
  tx: Queryable,
  name: OpenedTable<Opened>['name'],
  id: ServerId,
  by: string,
): Promise<void> {
  await tx.query(
    `update ${name} set resolved_at = statement_timestamp(), resolved_by = $2, changed_at = statement_timestamp()
     where server_id = $1 and resolved_at is null returning pg_notify($3, id::text)`,
    [id, by, CHANNELS[name]],
  )
}

/** Tells all hubs of one that was raised or changed, once the transaction is committed; who cannot hear it finds it later. */
export async function tellOf<T extends Opened>(tx: Queryable, { name }: OpenedTable<T>, opened: T): Promise<T> {
  await tx.query(
    `update ${name} set changed_at = statement_timestamp() where id = $1 returning pg_notify($2, id::text)`,
    [opened.id, CHANNELS[name]],
  )
  return opened
}
