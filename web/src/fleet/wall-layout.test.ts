import { expect, test } from 'vitest'
import { cellAt, cellsHeight, cellsOf, layoutWall, placeOf, stepOnWall, type WallStep } from './wall-layout.ts'

const SPACE = { width: 1_000, height: 700, groupPadding: 20, labelHeight: 40 }
const fits = (groups: number[], layout = layoutWall(groups, SPACE)) =>
  groups.reduce((sum, n) => sum + Math.max(40, cellsHeight(n, layout)) + 20, 0) <= SPACE.height

test('a small fleet has the largest cells', () => {
  expect(layoutWall([100, 50], SPACE)).toEqual({ cell: 20, gap: 3, columns: 43, bundle: 1 })
})

test.each([[[5_000]], [[10_000]], [[4_000, 3_000, 3_000]]])('%j fit without scrolling, one cell each', (groups) => {
  const layout = layoutWall(groups, SPACE)
  expect(fits(groups)).toBe(true)
  expect(layout.bundle).toBe(1)
  const larger = { ...layout, cell: layout.cell + 1, columns: Math.floor(1_000 / (layout.cell + 1 + layout.gap)) }
  expect(fits(groups, larger)).toBe(false)
})

test('where even the smallest cells do not fit, a cell stands for several servers', () => {
  const layout = layoutWall([60_000], SPACE)
  expect(layout.bundle).toBeGreaterThan(1)
  expect(fits([60_000])).toBe(true)
  expect(cellsOf(60_000, layout) * layout.bundle).toBeGreaterThanOrEqual(60_000)
})

test('with too many groups each is one cell', () => {
  expect(
    layoutWall(
      Array.from({ length: 100 }, () => 7),
      SPACE,
    ),
  ).toMatchObject({ cell: 20, bundle: 7 })
})

test('a point finds the cell that stands there', () => {
  const layout = layoutWall([100], SPACE)
  for (const index of [0, 42, 43, 99]) {
    const { x, y } = placeOf(index, layout)
    expect(cellAt(x + 1, y + 1, 100, layout)).toBe(index)
  }
  expect(cellAt(500, 60, 100, layout)).toBe(-1)
  expect(cellAt(5_000, 1, 100, layout)).toBe(-1)
})

test.each<[WallStep, number, number, number, number]>([
  ['right', 0, 4, 1, 0],
  ['left', 1, 0, 0, 4],
  ['left', 0, 0, 0, 0],
  ['right', 1, 6, 1, 6],
  ['down', 0, 0, 0, 3],
  ['down', 0, 4, 1, 1],
  ['up', 1, 1, 0, 4],
  ['up', 1, 2, 0, 4],
  ['up', 0, 1, 0, 1],
  ['down', 1, 6, 1, 6],
  ['first', 1, 3, 0, 0],
  ['last', 0, 0, 1, 6],
])('%s from group %i, cell %i leads to group %i, cell %i', (step, group, index, toGroup, toIndex) => {
  expect(stepOnWall({ group, index }, step, [5, 7], 3)).toEqual({ group: toGroup, index: toIndex })
})
