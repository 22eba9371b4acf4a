/** How large the cells of the wall are, and how many servers each of them stands for. */
export interface WallLayout {
  readonly cell: number
  readonly gap: number
  readonly columns: number
  /** Servers a cell. More than one where the whole fleet would not fit otherwise: then a cell shows the worst of them. */
  readonly bundle: number
}

export interface WallSpace {
  readonly width: number
  readonly height: number
  /** What a group takes beside its cells: padding and line. */
  readonly groupPadding: number
  /** No group is lower than its label. */
  readonly labelHeight: number
  /** No cell is larger: they are to be taken in at one glance. */
  readonly largestCell?: number
}

const LARGEST_CELL = 20
const SMALLEST_CELL = 4

/** The largest cells, down to 4 px, with which all groups fit. Where even the smallest do not, servers are bundled. */
export function layoutWall(groups: readonly number[], space: WallSpace): WallLayout {
  const largestCell = space.largestCell ?? LARGEST_CELL
  for (let cell = largestCell; cell >= SMALLEST_CELL; cell--) {
    const layout = layoutOf(cell, 1, space)
    if (heightOf(groups, layout, space) <= space.height) return layout
  }
  const largest = Math.max(1, ...groups)
  let bundle = 2
  while (bundle < largest && heightOf(groups, layoutOf(SMALLEST_CELL, bundle, space), space) > space.height) bundle *= 2
  // Each group is one cell and there are too many groups: the page scrolls.
  if (bundle >= largest && largest > 1) return layoutOf(largestCell, largest, space)
  // A cell for several servers may be larger than one that stands for one.
  for (let cell = largestCell; cell > SMALLEST_CELL; cell--) {
    const layout = layoutOf(cell, bundle, space)
    if (heightOf(groups, layout, space) <= space.height) return layout
  }
  return layoutOf(SMALLEST_CELL, bundle, space)
}

function layoutOf(cell: number, bundle: number, { width }: WallSpace): WallLayout {
  const gap = cell >= 12 ? 3 : cell >= 8 ? 2 : 1
  return { cell, gap, columns: Math.max(1, Math.floor((width + gap) / (cell + gap))), bundle }
}

function heightOf(groups: readonly number[], layout: WallLayout, space: WallSpace): number {
  return groups.reduce((sum, n) => sum + Math.max(space.labelHeight, cellsHeight(n, layout)) + space.groupPadding, 0)
}

export function cellsOf(servers: number, { bundle }: WallLayout): number {
  return Math.ceil(servers / bundle)
}

export function cellsHeight(servers: number, layout: WallLayout): number {
  const lines = Math.ceil(cellsOf(servers, layout) / layout.columns)
  return Math.max(0, lines * (layout.cell + layout.gap) - layout.gap)
}

/** Where a cell stands, from the upper left corner of its group. */
export function placeOf(index: number, { cell, gap, columns }: WallLayout): { readonly x: number; readonly y: number } {
  return { x: (index % columns) * (cell + gap), y: Math.floor(index / columns) * (cell + gap) }
}

/** The cell at a point, gaps counted to the cell before them; -1 where there is none. */
export function cellAt(x: number, y: number, cells: number, { cell, gap, columns }: WallLayout): number {
  const column = Math.floor(x / (cell + gap))
  if (x < 0 || y < 0 || column >= columns) return -1
  const index = Math.floor(y / (cell + gap)) * columns + column
  return index < cells ? index : -1
}

/** A cell of the wall: which group, which of its cells. */
export interface WallPlace {
  readonly group: number
  readonly index: number
}

export type WallStep = 'left' | 'right' | 'up' | 'down' | 'first' | 'last'

/** Where an arrow key leads to; from the edge of a group into the next one. `cells`: how many each group has. */
export function stepOnWall(from: WallPlace, step: WallStep, cells: readonly number[], columns: number): WallPlace {
  const { group, index } = from
  const own = cells[group] ?? 0
  const lastGroup = cells.length - 1
  if (step === 'first') return { group: 0, index: 0 }
  if (step === 'last') return { group: lastGroup, index: (cells[lastGroup] ?? 1) - 1 }
  if (step === 'right') {
    if (index + 1 < own) return { group, index: index + 1 }
    return group < lastGroup ? { group: group + 1, index: 0 } : from
  }
  if (step === 'left') {
    if (index > 0) return { group, index: index - 1 }
    return group > 0 ? { group: group - 1, index: (cells[group - 1] ?? 1) - 1 } : from
  }
  const column = index % columns
  if (step === 'down') {
    if (index + columns < own) return { group, index: index + columns }
    return group < lastGroup ? { group: group + 1, index: Math.min(column, (cells[group + 1] ?? 1) - 1) } : from
  }
  if (index >= columns) return { group, index: index - columns }
  if (group === 0) return from
  const above = cells[group - 1] ?? 1
  const lastLine = Math.floor((above - 1) / columns) * columns
  return { group: group - 1, index: Math.min(lastLine + column, above - 1) }
}
