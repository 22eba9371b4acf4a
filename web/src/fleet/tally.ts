import type { FleetRow } from '../api/fleet-store.ts'
import type { FleetTally } from '../ui/fleet-words.ts'
import { kindOf, type StatusKind } from '../ui/status.ts'

export function rowKind(row: Pick<FleetRow, 'status' | 'reason'>): StatusKind {
  return kindOf(row.status, row.reason)
}

export function isProblem(row: FleetRow): boolean {
  const kind = rowKind(row)
  return kind === 'offline' || kind === 'warning'
}

/** Somebody knows of the status, or has taken on every alert that makes it. It stays what it is; it moves down. */
export function isAcknowledged(row: FleetRow): boolean {
  return row.acknowledgement !== null || allAlertsTakenOn(row)
}

function allAlertsTakenOn({ reason, alerts, anomalies }: FleetRow): boolean {
  return (
    reason === 'ACTIVE_ALERTS' &&
    alerts.length > 0 &&
    anomalies.length === 0 &&
    alerts.every((alert) => alert.acknowledgedAt !== null)
  )
}

export function tallyOf(rows: readonly FleetRow[]): FleetTally {
  const tally = { offline: 0, warning: 0, online: 0, waiting: 0, suspended: 0, newOffline: 0, newWarning: 0 }
  for (const row of rows) {
    const kind = rowKind(row)
    tally[kind]++
    if (kind === 'offline' && !isAcknowledged(row)) tally.newOffline++
    if (kind === 'warning' && !isAcknowledged(row)) tally.newWarning++
  }
  return { ...tally, total: rows.length, needYou: tally.newOffline + tally.newWarning }
}

/** OFFLINE before WARNING; what began last, first. */
export function worstFirst(a: FleetRow, b: FleetRow): number {
  const byKind = Number(rowKind(b) === 'offline') - Number(rowKind(a) === 'offline')
  return byKind || b.since - a.since
}
