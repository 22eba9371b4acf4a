import type { Alert, AlertSeverity, ServerId } from '../core/types.ts'
import { Refusal } from '../errors.ts'
import { ms } from './instant.ts'
import { activeOpened, findOpened, lockOpened, type OpenedTable, resolveOpened, tellOf } from './opened.ts'
import { type OpenedFilter, openedConditions } from './opened-filter.ts'
import { listOpened } from './opened-list.ts'
import type { Page, PageRequest } from './page.ts'
import { Parameters } from './server-filter.ts'
import { lockServer } from './servers.ts'
import { settle } from './settle.ts'
import type { Store } from './store.ts'
import { inTransaction, type Queryable, reachable } from './transaction.ts'

export interface NewAlert {
  readonly serverId: ServerId
  readonly key: string
  readonly severity: AlertSeverity
  readonly message: string
  readonly value: number | null
  readonly threshold: number | null
  /** Who raises it, in words. */
  readonly by: string
}

export interface AlertFilter extends OpenedFilter {
  readonly severities?: readonly AlertSeverity[] | undefined
}

const COLUMNS = `
  id, server_id as "serverId", key, severity, message, value, threshold,
  ${ms('opened_at')} as "openedAt", opened_by as "openedBy",
  ${ms('acknowledged_at')} as "acknowledgedAt", acknowledged_by as "acknowledgedBy", acknowledge_note as "acknowledgeNote",
  ${ms('resolved_at')} as "resolvedAt", resolved_by as "resolvedBy", resolve_note as "resolveNote"`
const TABLE: OpenedTable<Alert> = { name: 'alert', columns: COLUMNS }

/** Opens an alert, or brings the open one with this key up to date; a live server becomes WARNING. @throws Refusal SERVER_NOT_FOUND */
export function raiseAlert(store: Store, alert: NewAlert): Promise<Alert> {
  return inTransaction(store.pool, (tx) => raiseAlertIn(tx, alert))
}

/** As `raiseAlert`, as a part of a transaction that may hold the server's heartbeat row already. */
export async function raiseAlertIn(tx: Queryable, alert: NewAlert): Promise<Alert> {
  await lockServer(tx, alert.serverId)
  const { rows } = await tx.query<Alert>(
    `insert into alert (server_id, key, severity, message, value, threshold, opened_by)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (server_id, key) where resolved_at is null do update
       set severity = excluded.severity, message = excluded.message, value = excluded.value, threshold = excluded.threshold
     returning ${COLUMNS}`,
    [alert.serverId, alert.key, alert.severity, alert.message, alert.value, alert.threshold, alert.by],
  )
  await settle(tx, [alert.serverId], 'change')
  return tellOf(tx, TABLE, rows[0] as Alert)
}

/** Says that somebody knows; it does not end the alert. @throws Refusal NOT_FOUND, or CONFLICT where it is resolved */
export function acknowledgeAlert(store: Store, id: number, by: string, note: string | null): Promise<Alert> {
  return inTransaction(store.pool, async (tx) => {
    const alert = await lockOpened(tx, TABLE, id)
    if (alert.resolvedAt !== null) throw new Refusal('CONFLICT', 'This alert is resolved already.')
    const { rows } = await tx.query<Alert>(
      `update alert set acknowledged_at = statement_timestamp(), acknowledged_by = $2, acknowledge_note = $3
       where id = $1 returning ${COLUMNS}`,
      [id, by, note],
    )
    return tellOf(tx, TABLE, rows[0] as Alert)
  })
}

/** Ends the alert; the server's status follows in the same transaction. Resolving twice changes nothing. @throws Refusal NOT_FOUND */
export function resolveAlert(store: Store, id: number, by: string, note: string | null): Promise<Alert> {
  return inTransaction(store.pool, (tx) => resolveAlertIn(tx, id, by, note))
}

/** As `resolveAlert`, as a part of a transaction. */
export function resolveAlertIn(tx: Queryable, id: number, by: string, note: string | null): Promise<Alert> {
  return resolveOpened(tx, TABLE, id, { by, note })
}

/** Newest first. @throws Refusal BAD_CURSOR */
export function listAlerts(store: Store, filter: AlertFilter, request: PageRequest): Promise<Page<Alert>> {
  const parameters = new Parameters()
  const conditions = openedConditions(filter, parameters)
  if (filter.severities) conditions.push(`severity = any(${parameters.add(filter.severities)}::text[])`)
  return listOpened(store, TABLE, { conditions, parameters }, request)
}

/** Alerts by id, in the order of their ids; those that there are. */
export function findAlerts(store: Store, ids: readonly number[]): Promise<Alert[]> {
  return findOpened(store, TABLE, ids)
}

/** The alerts of each server that are not resolved, the newest first. */
export function activeAlertsOf(store: Store, ids: readonly ServerId[]): Promise<Map<ServerId, Alert[]>> {
  return reachable(() => activeAlertsIn(store.pool, ids))
}

/** As `activeAlertsOf`, as a part of a transaction; of all servers where no ids are given. */
export function activeAlertsIn(tx: Queryable, ids?: readonly ServerId[]): Promise<Map<ServerId, Alert[]>> {
  return activeOpened(tx, TABLE, ids)
}
