import type { LocationQuery, LocationQueryRaw } from 'vue-router'
import type { ServerStatus, StatusEventFilter, StatusReason } from '../api/generated/graphql.ts'
import {
  exportUrl,
  type RecordFilter,
  recordFilterOf,
  recordQueryOf,
  timesOf,
  wordsOf,
} from '../records/record-filter.ts'

export const STATUSES = ['OFFLINE', 'WARNING', 'ONLINE'] as const satisfies readonly ServerStatus[]
/** In words; the address spells them as here, in small letters. */
export const REASONS = {
  HEARTBEAT_EXPIRED: 'Heartbeat expired',
  ACTIVE_ALERTS: 'Alerts',
  ACTIVE_ANOMALIES: 'Anomalies',
  HEALTHY: 'Healthy',
  SUSPENDED: 'Suspended',
  NEVER_SEEN: 'Never seen',
} as const satisfies Record<StatusReason, string>
const REASON_NAMES = Object.keys(REASONS) as StatusReason[]

/** Which events are listed. All of it stands in the address. */
export interface EventsFilter extends RecordFilter {
  /** What the server became: any of these; all where empty. */
  readonly statuses: readonly ServerStatus[]
  readonly reasons: readonly StatusReason[]
}

export function eventsFilterOf(query: LocationQuery): EventsFilter {
  const statuses = wordsOf(query.status).map((word) => word.toUpperCase())
  const reasons = wordsOf(query.reason).map((word) => word.toUpperCase())
  return {
    ...recordFilterOf(query),
    statuses: STATUSES.filter((status) => statuses.includes(status)),
    reasons: REASON_NAMES.filter((reason) => reasons.includes(reason)),
  }
}

/** The address of a filter; what is as usual is left out. */
export function eventsQueryOf(filter: EventsFilter): LocationQueryRaw {
  const { statuses, reasons } = filter
  return {
    ...(statuses.length > 0 && { status: statuses.join().toLowerCase() }),
    ...(reasons.length > 0 && { reason: reasons.join().toLowerCase() }),
    ...recordQueryOf(filter),
  }
}

/** As the API takes it. */
export function eventInput(filter: EventsFilter, now: number): StatusEventFilter {
  return {
    ...(filter.server !== null && { serverIds: [filter.server] }),
    ...(filter.tags.length > 0 && { tags: [...filter.tags] }),
    ...(filter.statuses.length > 0 && { to: [...filter.statuses] }),
    ...(filter.reasons.length > 0 && { reasons: [...filter.reasons] }),
    ...timesOf(filter.time, now),
  }
}

/** The file that holds what the page lists. */
export function eventsFile(filter: EventsFilter, format: 'csv' | 'json', now: number): string {
  return exportUrl(`events.${format}`, {
    server: filter.server ?? undefined,
    tag: filter.tags,
    status: filter.statuses,
    reason: filter.reasons,
    ...timesOf(filter.time, now),
  })
}
