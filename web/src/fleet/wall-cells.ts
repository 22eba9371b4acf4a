import type { FleetRow } from '../api/fleet-store.ts'
import type { Moment } from '../ui/words.ts'
import { count, statusInBrief } from '../ui/words.ts'
import type { WallCell } from './paint-wall.ts'
import { countKinds, countsInWords } from './server-groups.ts'
import { isAcknowledged, rowKind } from './tally.ts'

/** The servers of a cell, in the order of the group. */
export function rowsOfCell(rows: readonly FleetRow[], index: number, bundle: number): readonly FleetRow[] {
  return rows.slice(index * bundle, (index + 1) * bundle)
}

/** Worst first: what needs somebody, what somebody has taken on, what is quiet on purpose, what is well. */
const RANK = ['offline', 'warning', 'acknowledged offline', 'acknowledged warning', 'waiting', 'suspended', 'online']

function cellOfRow(row: FleetRow): WallCell {
  return { kind: rowKind(row), acknowledged: isAcknowledged(row) }
}

function rank({ kind, acknowledged }: WallCell): number {
  return RANK.indexOf(acknowledged ? `acknowledged ${kind}` : kind)
}

/** What each cell of a group shows: the worst of its servers. */
export function cellsOfGroup(rows: readonly FleetRow[], bundle: number): readonly WallCell[] {
  if (bundle === 1) return rows.map(cellOfRow)
  return Array.from({ length: Math.ceil(rows.length / bundle) }, (_, i) =>
    rowsOfCell(rows, i, bundle)
      .map(cellOfRow)
      .reduce((worst, cell) => (rank(cell) < rank(worst) ? cell : worst)),
  )
}

/** What is said of a cell: db-ams-03, OFFLINE for 4 min. Of several servers how they are. */
export function cellInWords(rows: readonly FleetRow[], moment: Moment): string {
  const [row] = rows
  if (row === undefined) return ''
  if (rows.length === 1)
    return `${row.name}, ${statusInBrief(row, moment)}${isAcknowledged(row) ? ', acknowledged' : ''}`
  return `${count(rows.length, 'server')} from ${row.name} on: ${countsInWords(countKinds(rows))}`
}
