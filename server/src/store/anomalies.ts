import type { Anomaly, ServerId } from '../core/types.ts'
import { ms } from './instant.ts'
import { activeOpened, findOpened, type OpenedTable, resolveOpened, tellOf } from './opened.ts'
import { type OpenedFilter, openedConditions } from './opened-filter.ts'
import { listOpened } from './opened-list.ts'
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
const TABLE: OpenedTable<Anomaly> = { name: 'anomaly', columns: COLUMNS }

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
  return tellOf(tx, TABLE, rows[0] as Anomaly)
}

/** Ends the anomaly; the server's status follows in the same transaction. Resolving twice changes nothing. @throws Refusal NOT_FOUND */
export function resolveAnomaly(store: Store, id: number, by: string, note: string | null): Promise<Anomaly> {
  return inTransaction(store.pool, (tx) => resolveAnomalyIn(tx, id, by, note))
}

/** As `resolveAnomaly`, as a part of a transaction. */
export function resolveAnomalyIn(tx: Queryable, id: number, by: string, note: string | null): Promise<Anomaly> {
  return resolveOpened(tx, TABLE, id, { by, note })
}

/** Newest first. @throws Refusal BAD_CURSOR */
export function listAnomalies(store: Store, filter: AnomalyFilter, request: PageRequest): Promise<Page<Anomaly>> {
  const parameters = new Parameters()
  const conditions = openedConditions(filter, parameters)
  return listOpened(store, TABLE, { conditions, parameters }, request)
}

/** Anomalies by id, in the order of their ids; those that there are. */
export function findAnomalies(store: Store, ids: readonly number[]): Promise<Anomaly[]> {
  return findOpened(store, TABLE, ids)
}

/** The anomalies of each server that are not resolved, the newest first. */
export function activeAnomaliesOf(store: Store, ids: readonly ServerId[]): Promise<Map<ServerId, Anomaly[]>> {
  return reachable(() => activeAnomaliesIn(store.pool, ids))
}

/** As `activeAnomaliesOf`, as a part of a transaction; of all servers where no ids are given. */
export function activeAnomaliesIn(tx: Queryable, ids?: readonly ServerId[]): Promise<Map<ServerId, Anomaly[]>> {
  return activeOpened(tx, TABLE, ids)
}
