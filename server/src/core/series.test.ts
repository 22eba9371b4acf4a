import { expect, test } from 'vitest'
import { Buckets } from './buckets.ts'
import { METRICS, type MetricSample } from './metrics.ts'
import { holesIn, planSeries, type Resolution } from './series.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const NOW = Date.UTC(2026, 0, 10, 12, 3)
const KEPT = { RAW: 2 * DAY, FIVE_MINUTES: 30 * DAY, HOUR: 730 * DAY }

const NOTHING: MetricSample = {
  ...(Object.fromEntries(METRICS.map((metric) => [metric, null])) as Record<(typeof METRICS)[number], null>),
  disks: [],
}

test.each<[string, number, number, number, Resolution, number]>([
  ['an hour is drawn from samples', HOUR, 0, 300, 'RAW', 12_000],
  ['a day in 300 points too', DAY, 0, 300, 'RAW', 288_000],
  ['a week is drawn from 5 minutes', 7 * DAY, 0, 300, 'FIVE_MINUTES', 35 * MINUTE],
  ['a month from hours', 30 * DAY, 0, 300, 'HOUR', 3 * HOUR],
  ['an hour of last week, of which no samples are kept', HOUR, 7 * DAY, 300, 'FIVE_MINUTES', 5 * MINUTE],
  ['an hour of last year', HOUR, 300 * DAY, 300, 'HOUR', HOUR],
  ['one point of everything', 90 * DAY, 0, 1, 'HOUR', 91 * DAY],
])('%s', (_name, length, ago, maxPoints, resolution, width) => {
  const to = NOW - ago
  const plan = planSeries({ from: to - length, to, maxPoints }, KEPT, NOW)
  expect(plan.resolution).toBe(resolution)
  expect(plan.cut.size).toBeLessThanOrEqual(maxPoints)
  expect(plan.cut.origin).toBeLessThanOrEqual(to - length)
  expect(plan.cut.origin + plan.cut.size * plan.cut.widthMs).toBeGreaterThanOrEqual(to)
  if (maxPoints > 1) expect(plan.cut.widthMs).toBe(width)
})

test.each([1, 2, 3, 300])('a range that begins before 1970 has its plan, too, in %i points', (maxPoints) => {
  for (const from of [-DAY, Date.UTC(1, 0)]) {
    const { cut } = planSeries({ from, to: NOW, maxPoints }, KEPT, NOW)
    expect(cut.size).toBeLessThanOrEqual(maxPoints)
    expect(cut.origin).toBeLessThanOrEqual(from)
    expect(cut.origin + cut.size * cut.widthMs).toBeGreaterThanOrEqual(NOW)
  }
})

function rawBuckets(minutes: readonly number[]): Buckets {
  const buckets = new Buckets({ origin: 0, widthMs: 1_000, size: 7_200 })
  buckets.addSamples(minutes.map((minute) => ({ ...NOTHING, at: minute * MINUTE, cpuPercent: 1 })))
  return buckets
}

test('holes are stretches without samples that we observed', () => {
  const minutes = Array.from({ length: 60 }, (_, i) => i).filter((i) => (i < 10 || i > 20) && (i < 40 || i > 50))
  const gap = [{ from: 9 * MINUTE, until: 15 * MINUTE }]
  expect(holesIn(rawBuckets(minutes), 'RAW', { from: 0, to: HOUR, begun: 0 }, gap)).toEqual([
    { from: 15 * MINUTE, until: 21 * MINUTE },
    { from: 39 * MINUTE, until: 51 * MINUTE },
  ])
})

test('one sample late is no hole, and before the server was there nothing is missing', () => {
  const range = { from: 0, to: 60 * MINUTE, begun: 30 * MINUTE }
  const minutes = Array.from({ length: 30 }, (_, i) => 30 + i).filter((i) => i !== 45)
  expect(holesIn(rawBuckets(minutes), 'RAW', range, [])).toEqual([])
})

test('a server without any sample has one hole', () => {
  expect(holesIn(rawBuckets([]), 'RAW', { from: 0, to: HOUR, begun: 0 }, [])).toEqual([{ from: 0, until: HOUR }])
})
