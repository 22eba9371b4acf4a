import { expect, test } from 'vitest'
import type { MetricPointFragment } from '../api/generated/graphql.ts'
import { NBSP } from '../ui/durations.ts'
import { chartPlans, columnsOf, highestIn, niceMax, rate } from './metric-series.ts'

const LIMITS = { cpuPercent: 80, memoryPercent: 90, diskPercent: 90 }
const NOTHING = {
  cpuPercent: null,
  memoryPercent: null,
  swapPercent: null,
  load1: null,
  load5: null,
  load15: null,
  networkRxBytesPerSecond: null,
  networkTxBytesPerSecond: null,
  diskReadBytesPerSecond: null,
  diskWriteBytesPerSecond: null,
  disks: [],
}
const point = (seconds: number, facts: Partial<MetricPointFragment>): MetricPointFragment => ({
  ...NOTHING,
  at: new Date(seconds * 1_000).toISOString(),
  ...facts,
})
const disk = (mount: string, usedPercent: number) => ({ mount, usedPercent })

test('a chart is drawn only of what was measured', () => {
  expect(chartPlans([], LIMITS)).toEqual([])
  const plans = chartPlans([point(0, { cpuPercent: 4, memoryPercent: 30 })], LIMITS)
  expect(plans.map(({ title, series }) => [title, series.length])).toEqual([
    ['CPU', 1],
    ['Memory', 1],
  ])
})

test('of many file systems the fullest four are drawn', () => {
  const disks = [disk('/', 40), disk('/a', 10), disk('/b', 90), disk('/c', 20), disk('/d', 30)]
  const [plan] = chartPlans([point(0, { disks })], LIMITS)
  expect(plan?.series.map(({ name }) => name)).toEqual(['/b', '/', '/d', '/c'])
})

test('a line breaks where samples are missing, and only there', () => {
  const points = [0, 60, 125, 180, 600, 660].map((at) => point(at, { cpuPercent: at }))
  const [times, cpu] = columnsOf(points, [{ name: 'used', read: ({ cpuPercent }) => cpuPercent }])
  expect(times).toEqual([0, 60, 125, 180, 390, 600, 660])
  expect(cpu).toEqual([0, 60, 125, 180, null, 600, 660])
})

test('one sample is a point', () => {
  const columns = columnsOf([point(0, { cpuPercent: 7 })], [{ name: 'used', read: ({ cpuPercent }) => cpuPercent }])
  expect(columns).toEqual([[0], [7]])
  expect(highestIn(columns)).toBe(7)
})

test.each([
  [0, 1],
  [0.7, 1],
  [1.2, 2],
  [38, 50],
  [51, 100],
  [12_345_678, 20_000_000],
])('a scale for up to %d ends at %d', (highest, top) => {
  expect(niceMax(highest)).toBeCloseTo(top)
})

test.each([
  [0, '0 B/s'],
  [999, '999 B/s'],
  [1_000, '1 kB/s'],
  [38_000_000, '38 MB/s'],
  [1_250_000_000, '1.3 GB/s'],
])('%d bytes a second are said as %s', (bytes, said) => {
  expect(rate(bytes)).toBe(said.replace(' ', NBSP))
})
