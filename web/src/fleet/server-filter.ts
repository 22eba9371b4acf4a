import type { LocationQuery, LocationQueryRaw } from 'vue-router'
import type { FleetRow } from '../api/fleet-store.ts'
import { STATUS_KINDS, type StatusKind, statusWord } from '../ui/status.ts'
import { type Moment, whyBriefly } from '../ui/words.ts'
import { rowKind, worstFirst } from './tally.ts'

export const SORTS = ['status', 'name', 'heartbeat'] as const
export type Sort = (typeof SORTS)[number]
export const VIEWS = ['table', 'wall'] as const
export type View = (typeof VIEWS)[number]
/** How far back the status strips reach. */
export const SPANS = ['60m', '24h'] as const
export type Span = (typeof SPANS)[number]
/** The reasons that a status alone does not tell. */
export const REASONS = ['HEARTBEAT_EXPIRED', 'ACTIVE_ALERTS', 'ACTIVE_ANOMALIES'] as const
export type Reason = (typeof REASONS)[number]
export const REASON_NAMES: Readonly<Record<Reason, string>> = {
  HEARTBEAT_EXPIRED: 'heartbeat expired',
  ACTIVE_ALERTS: 'active alert',
  ACTIVE_ANOMALIES: 'active anomaly',
}
export const SORT_NAMES: Readonly<Record<Sort, string>> = {
  status: 'problems first',
  name: 'name',
  heartbeat: 'last heartbeat',
}

/** Which servers are listed and how. All of it stands in the address. */
export interface ServerFilter {
  readonly search: string
  /** Any of these; all where empty. */
  readonly kinds: readonly StatusKind[]
  /** Any of these; all where empty. */
  readonly reasons: readonly Reason[]
  /** All of these. */
  readonly tags: readonly string[]
  /** The family of tags that groups are made by; null for one list. */
  readonly group: string | null
  readonly view: View
  readonly span: Span
  readonly sort: Sort
  readonly descending: boolean
}

export function filterOf(query: LocationQuery): ServerFilter {
  const sort = SORTS.find((name) => name === query.sort) ?? 'status'
  return {
    search: textOf(query.search),
    kinds: STATUS_KINDS.filter((kind) => textOf(query.status).split(',').includes(kind)),
    reasons: REASONS.filter((reason) => textOf(query.reason).toUpperCase().split(',').includes(reason)),
    tags: textOf(query.tags).split(',').filter(Boolean),
    group: textOf(query.group) || null,
    view: VIEWS.find((view) => view === query.view) ?? 'table',
    span: SPANS.find((span) => span === query.strips) ?? '60m',
    sort,
    descending: query.order === 'desc',
  }
}

/** The address of a filter; what is as usual is left out. */
export function queryOf(filter: ServerFilter): LocationQueryRaw {
  const { search, kinds, reasons, tags, group, view, span, sort, descending } = filter
  return {
    ...(search && { search }),
    ...(kinds.length > 0 && { status: kinds.join() }),
    ...(reasons.length > 0 && { reason: reasons.join().toLowerCase() }),
    ...(tags.length > 0 && { tags: tags.join() }),
    ...(group !== null && { group }),
    ...(view !== 'table' && { view }),
    ...(span !== '60m' && { strips: span }),
    ...(sort !== 'status' && { sort }),
    ...(descending && { order: 'desc' }),
  }
}

function textOf(value: LocationQuery[string] | undefined): string {
  return (Array.isArray(value) ? value[0] : value) ?? ''
}

/**
 * The rows that the filter lets through, in its order. `rows` come by name. The moment is asked for only where reasons are
 * searched: what does not depend on it need not be sorted again each second.
 */
export function listed(rows: readonly FleetRow[], filter: ServerFilter, moment: () => Moment): readonly FleetRow[] {
  const word = filter.search.trim().toLowerCase()
  const found = rows.filter(
    (row) =>
      (filter.kinds.length === 0 || filter.kinds.includes(rowKind(row))) &&
      (filter.reasons.length === 0 || filter.reasons.some((reason) => reason === row.reason)) &&
      filter.tags.every((tag) => row.tags.includes(tag)) &&
      (word === '' || mentions(row, word, moment())),
  )
  const sorted = BY[filter.sort](found)
  return filter.descending ? sorted.reverse() : sorted
}

/** In the name, a tag, the status or its reason. */
function mentions(row: FleetRow, word: string, moment: Moment): boolean {
  return (
    row.name.toLowerCase().includes(word) ||
    row.tags.some((tag) => tag.toLowerCase().includes(word)) ||
    statusWord(rowKind(row)).toLowerCase().includes(word) ||
    whyBriefly(row, moment).toLowerCase().includes(word)
  )
}

/** Rows come by name. Where there is no difference they stay so. */
const BY: Readonly<Record<Sort, (rows: FleetRow[]) => FleetRow[]>> = {
  status: problemsFirst,
  name: (rows) => rows,
  heartbeat: (rows) => rows.sort((a, b) => (a.lastHeartbeatAt ?? -Infinity) - (b.lastHeartbeatAt ?? -Infinity) || 0),
}

/** By kind without comparing: of ten thousand servers most are well, and stand by name already. */
function problemsFirst(rows: FleetRow[]): FleetRow[] {
  const kinds: Record<StatusKind, FleetRow[]> = { offline: [], warning: [], online: [], waiting: [], suspended: [] }
  for (const row of rows) kinds[rowKind(row)].push(row)
  const { offline, warning, online, waiting, suspended } = kinds
  return [...offline.sort(worstFirst), ...warning.sort(worstFirst), ...online, ...waiting, ...suspended]
}
