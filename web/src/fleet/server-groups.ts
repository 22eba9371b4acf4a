import type { FleetRow } from '../api/fleet-store.ts'
import { STATUS_KINDS, type StatusKind } from '../ui/status.ts'
import type { TagFamily } from './tag-families.ts'
import { isProblem, rowKind } from './tally.ts'

/** The servers of one tag, and how they are. The status of a group is its counts: nothing is derived. */
export interface ServerGroup {
  /** The tag; empty for the servers that have none of the family. */
  readonly id: string
  readonly rows: readonly FleetRow[]
  readonly counts: KindCounts
}

export type KindCounts = Readonly<Record<StatusKind, number>>

/** A line of the table. */
export type TableLine =
  | { readonly kind: 'group'; readonly group: ServerGroup; readonly folded: boolean }
  | { readonly kind: 'server'; readonly row: FleetRow }
  /** What a group does not show, unless all of it is asked for. */
  | { readonly kind: 'rest'; readonly group: ServerGroup; readonly counts: KindCounts; readonly hidden: number }

/** A line of one long list without groups is its row: ten thousand need no object more. */
export function asLine(line: TableLine | FleetRow): TableLine {
  return 'kind' in line ? line : { kind: 'server', row: line }
}

/** So many servers that are no problem are shown of each group. */
const FEW = 10
/** A rest as short as this is shown instead. */
const SHORT = 3

const BY_NAME = new Intl.Collator('en', { numeric: true })

/** The groups by name, each in the order of `rows`; servers without a tag of the family last. */
export function groupsOf(rows: readonly FleetRow[], family: TagFamily): readonly ServerGroup[] {
  const byTag = new Map<string, FleetRow[]>()
  for (const row of rows) {
    const tag = family.tagOf(row.tags) ?? ''
    const group = byTag.get(tag)
    if (group) group.push(row)
    else byTag.set(tag, [row])
  }
  return [...byTag]
    .sort(([a], [b]) => Number(a === '') - Number(b === '') || BY_NAME.compare(a, b))
    .map(([id, own]) => ({ id, rows: own, counts: countKinds(own) }))
}

export function groupName(group: Pick<ServerGroup, 'id'>): string {
  return group.id || 'others'
}

/** All problems of each group, then a few others, then how many more there are. */
export function linesOf(
  groups: readonly ServerGroup[],
  folded: ReadonlySet<string>,
  whole: ReadonlySet<string>,
): readonly TableLine[] {
  return groups.flatMap((group) => {
    const head: TableLine = { kind: 'group', group, folded: folded.has(group.id) }
    if (head.folded) return [head]
    return [head, ...(whole.has(group.id) ? group.rows.map(asLine) : partOf(group))]
  })
}

function partOf(group: ServerGroup): readonly TableLine[] {
  const rest: FleetRow[] = []
  const shown: FleetRow[] = []
  let few = 0
  for (const row of group.rows) {
    if (isProblem(row) || few < FEW) shown.push(row)
    else rest.push(row)
    if (!isProblem(row)) few++
  }
  if (rest.length <= SHORT) return group.rows.map(asLine)
  return [...shown.map(asLine), { kind: 'rest', group, counts: countKinds(rest), hidden: rest.length }]
}

export function countKinds(rows: readonly FleetRow[]): KindCounts {
  const counts: Record<StatusKind, number> = { offline: 0, warning: 0, online: 0, waiting: 0, suspended: 0 }
  for (const row of rows) counts[rowKind(row)]++
  return counts
}

/** 1 offline, 2 warning; of the kinds asked for. */
export function countsInWords(counts: KindCounts, kinds: readonly StatusKind[] = STATUS_KINDS): string {
  return kinds
    .filter((kind) => counts[kind] > 0)
    .map((kind) => `${counts[kind]} ${kind}`)
    .join(', ')
}
