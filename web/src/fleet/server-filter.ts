import type { LocationQuery, LocationQueryRaw } from 'vue-router'
import type { FleetRow } from '../api/fleet-store.ts'
import { STATUS_KINDS, type StatusKind, statusWord } from '../ui/status.ts'
import { type Moment, whyBriefly } from '../ui/words.ts'
import { rowKind, worstFirst } from './tally.ts'

export const SORTS = ['status', 'name', 'heartbeat'] as const
export type Sort = (typeof SORTS)[number]

/** Which servers are listed and how. All of it stands in the address. */
export interface ServerFilter {
  readonly search: string
  /** Any of these; all where empty. */
  readonly kinds: readonly StatusKind[]
  /** All of these. */
  readonly tags: readonly string[]
  readonly sort: Sort
  readonly descending: boolean
}

export function filterOf(query: LocationQuery): ServerFilter {
  const sort = SORTS.find((name) => name === query.sort) ?? 'status'
  return {
    search: textOf(query.search),
    kinds: STATUS_KINDS.filter((kind) => textOf(query.status).split(',').includes(kind)),
    tags: textOf(query.tags).split(',').filter(Boolean),
    sort,
    descending: query.order === 'desc',
  }
}

/** The address of a filter; what is as usual is left out. */
export function queryOf({ search, kinds, tags, sort, descending }: ServerFilter): LocationQueryRaw {
  return {
    ...(search && { search }),
    ...(kinds.length > 0 && { status: kinds.join() }),
    ...(tags.length > 0 && { tags: tags.join() }),
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
      filter.tags.every((tag) => row.tags.includes(tag)) &&
      (word === '' || mentions(row, word, moment())),
  )
  const sorted = filter.sort === 'name' ? found : found.sort(BY[filter.sort])
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

const RANK: Readonly<Record<StatusKind, number>> = { offline: 0, warning: 1, online: 2, waiting: 3, suspended: 4 }

/** Each keeps the order of names where it finds no difference. */
const BY = {
  status: (a: FleetRow, b: FleetRow) => {
    const byRank = RANK[rowKind(a)] - RANK[rowKind(b)]
    return byRank || (RANK[rowKind(a)] < RANK.online ? worstFirst(a, b) : 0)
  },
  heartbeat: (a: FleetRow, b: FleetRow) => (a.lastHeartbeatAt ?? -Infinity) - (b.lastHeartbeatAt ?? -Infinity) || 0,
} as const
