import type { Anomaly, ServerId } from '../core/types.ts'
import { Refusal } from '../errors.ts'
import { ms } from './instant.ts'
import { type OpenedFilter, openedConditions } from './opened-filter.ts'
import { listOpened } from './opened-list.ts'
import { tellOf } from './opened-news.ts'
import type { Page, PageRequest } from './page.ts'
import { Parameters } from './server-filter.ts'
import { lockServer } from './servers.ts'
import { settle } from './settle.ts'
import type { Store } from './store.ts'
import { inTransaction, type Queryable, reachable } from './transaction.ts'

export interface NewAnomaly {
  readonly serverId: ServerId
  readonly metric: string
  readonly message: string
  readonly score: number
  readonly value: number | null
  readonly expected: number | null
  /** Who raises it, in words. */
  readonly by: string
}

export type AnomalyFilter = OpenedFilter

const COLUMNS = `
  id, server_id as "serverId", metric, message, score, value, expected,
  ${ms('opened_at')} as "openedAt", opened_by as "openedBy",
  ${ms('resolved_at')} as "resolvedAt", resolved_by as "resolvedBy", resolve_note as "resolveNote"`

/** Opens an anomaly, or brings the open one of this metric up to date. @throws Refusal SERVER_NOT_FOUND */
export function raiseAnomaly(store: Store, anomaly: NewAnomaly): Promise<Anomaly> {
  return inTransaction(store.pool, (tx) => raiseAnomalyIn(tx, anomaly))
}

/** As `raiseAnomaly`, as a part of a transaction. */
export async function raiseAnomalyIn(tx: Queryable, anomaly: NewAnomaly): Promise<Anomaly> {
  await lockServer(tx, anomaly.serverId)
  const { rows } = await tx.query<Anomaly>(
    `insert into anomaly (server_id, metric, message, score, value, expected, opened_by)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (server_id, metric) where resolved_at is null do update
       set message = excluded.message, score = excluded.score, value = excluded.value, expected = excluded.expected
     returning ${COLUMNS}`,
    [anomaly.serverId, anomaly.metric, anomaly.message, anomaly.score, anomaly.value, anomaly.expected, anomaly.by],
  )
  await settle(tx, [anomaly.serverId], 'change')
  return tellOf(tx, 'anomaly', rows[0] as Anomaly)
}

/** Ends the anomaly; the server's status follows in the same transaction. Resolving twice changes nothing. @throws Refusal NOT_FOUND */
export function resolveAnomaly(store: Store, id: number, by: string, note: string | null): Promise<Anomaly> {
  return inTransaction(store.pool, (tx) => resolveAnomalyIn(tx, id, by, note))
}

/** As `resolveAnomaly`, as a part of a transaction. */
export async function resolveAnomalyIn(tx: Queryable, id: number, by: string, note: string | null): Promise<Anomaly> {
  const anomaly = await lockAnomaly(tx, id)
  if (anomaly.resolvedAt !== null) return anomaly
  const { rows } = await tx.query<Anomaly>(
    `update anomaly set resolved_at = statement_timestamp(), resolved_by = $2, resolve_note = $3
     where id = $1 returning ${COLUMNS}`,
    [id, by, note],
  )
  await settle(tx, [anomaly.serverId], 'change')
  return tellOf(tx, 'anomaly', rows[0] as Anomaly)
}

/** Newest first. @throws Refusal BAD_CURSOR */
export function listAnomalies(store: Store, filter: AnomalyFilter, request: PageRequest): Promise<Page<Anomaly>> {
  const parameters = new Parameters()
  const conditions = openedConditions(filter, parameters)
  return listOpened(store, { name: 'anomaly', columns: COLUMNS }, { conditions, parameters }, request)
}

/** Anomalies by id, in the order of their ids; those that there are. */
export async function findAnomalies(store: Store, ids: readonly number[]): Promise<Anomaly[]> {
  const { rows } = await reachable(() =>
    store.pool.query<Anomaly>(`select ${COLUMNS} from anomaly where id = any($1::bigint[]) order by id`, [ids]),
  )
  return rows
}

/** The anomalies of each server that are not resolved, the newest first. */
export function activeAnomaliesOf(store: Store, ids: readonly ServerId[]): Promise<Map<ServerId, Anomaly[]>> {
  return reachable(() => activeAnomaliesIn(store.pool, ids))
}

/** As `activeAnomaliesOf`, as a part of a transaction; of all servers where no ids are given, by reading no list of them. */
export async function activeAnomaliesIn(tx: Queryable, ids?: readonly ServerId[]): Promise<Map<ServerId, Anomaly[]>> {
  const theirs = ids ? 'server_id = any($1::int[]) and' : ''
  const { rows } = await tx.query<Anomaly>(
    `select ${COLUMNS} from anomaly where ${theirs} resolved_at is null order by id desc`,
    ids && [ids],
  )
  return Map.groupBy(rows, (anomaly) => anomaly.serverId)
}

async function lockAnomaly(tx: Queryable, id: number): Promise<Anomaly> {
  // The server first: heartbeat rows are locked before anomalies, by everybody.
  const found = await tx.query<{ serverId: ServerId }>('select server_id as "serverId" from anomaly where id = $1', [
    id,
  ])
  const serverId = found.rows[0]?.serverId
  if (serverId === undefined) throw new Refusal('NOT_FOUND', 'No anomaly has this id.')
  await tx.query('select 1 from server_heartbeat where server_id = $1 for update', [serverId])
  const { rows } = await tx.query<Anomaly>(`select ${COLUMNS} from anomaly where id = $1 for update`, [id])
  return rows[0] as Anomaly
}
