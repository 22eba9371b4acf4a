import type { LocationQuery, LocationQueryRaw } from 'vue-router'
import type { AlertFilter, AlertSeverity } from '../api/generated/graphql.ts'
import {
  exportUrl,
  type RecordFilter,
  recordFilterOf,
  recordQueryOf,
  textOf,
  timesOf,
  wordsOf,
} from '../records/record-filter.ts'

export const LISTS = ['alerts', 'anomalies'] as const
export const STATES = ['active', 'resolved', 'all'] as const
export const SEVERITIES = ['CRITICAL', 'WARNING', 'INFO'] as const satisfies readonly AlertSeverity[]

/** Which alerts or anomalies are listed. All of it stands in the address. */
export interface AlertsFilter extends RecordFilter {
  readonly list: (typeof LISTS)[number]
  readonly state: (typeof STATES)[number]
  /** Any of these; all where empty. Of alerts only. */
  readonly severities: readonly AlertSeverity[]
}

export function alertsFilterOf(query: LocationQuery): AlertsFilter {
  const named = wordsOf(query.severity).map((word) => word.toUpperCase())
  return {
    ...recordFilterOf(query),
    list: LISTS.find((list) => list === textOf(query.list)) ?? 'alerts',
    state: STATES.find((state) => state === textOf(query.state)) ?? 'active',
    severities: SEVERITIES.filter((severity) => named.includes(severity)),
  }
}

/** The address of a filter; what is as usual is left out. */
export function alertsQueryOf(filter: AlertsFilter): LocationQueryRaw {
  const { list, state, severities } = filter
  return {
    ...(list !== 'alerts' && { list }),
    ...(state !== 'active' && { state }),
    ...(severities.length > 0 && { severity: severities.join().toLowerCase() }),
    ...recordQueryOf(filter),
  }
}

/** As the API takes it. */
export function alertInput(filter: AlertsFilter, now: number): AlertFilter {
  return {
    ...(filter.server !== null && { serverId: filter.server }),
    ...(filter.tags.length > 0 && { tags: [...filter.tags] }),
    ...(filter.state !== 'all' && { active: filter.state === 'active' }),
    ...(filter.list === 'alerts' && filter.severities.length > 0 && { severities: [...filter.severities] }),
    ...timesOf(filter.time, now),
  }
}

/** The file that holds what the page lists. */
export function alertsFile(filter: AlertsFilter, format: 'csv' | 'json', now: number): string {
  return exportUrl(`${filter.list}.${format}`, {
    server: filter.server ?? undefined,
    tag: filter.tags,
    active: filter.state === 'all' ? undefined : String(filter.state === 'active'),
    severity: filter.list === 'alerts' ? filter.severities : undefined,
    ...timesOf(filter.time, now),
  })
}
