import { expect, test } from 'vitest'
import type { BucketsFragment, RangeFragment } from '../api/generated/graphql.ts'
import { grown, pointsOf } from './metric-points.ts'

const iso = (seconds: number) => new Date(seconds * 1_000).toISOString()
const none: RangeFragment = { min: [null, null], mean: [null, null], max: [null, null] }
const BUCKETS: BucketsFragment = {
  at: [iso(0), iso(60)],
  samples: [3, 1],
  cpuPercent: { min: [1, null], mean: [20, null], max: [99, null] },
  memoryPercent: none,
  swapPercent: none,
  load1: none,
  load5: none,
  load15: none,
  networkRxBytesPerSecond: none,
  networkTxBytesPerSecond: none,
  diskReadBytesPerSecond: none,
  diskWriteBytesPerSecond: none,
  disks: [{ mount: '/', usedPercent: { min: [null, 40], mean: [null, 41], max: [null, 42] } }],
}

test('a peak survives beside the mean', () => {
  const { points, lows, highs } = pointsOf(BUCKETS)
  expect([lows, points, highs].map(([first]) => first?.cpuPercent)).toEqual([1, 20, 99])
  expect([lows, points, highs].map(([, second]) => second?.disks)).toEqual([
    [{ mount: '/', usedPercent: 40 }],
    [{ mount: '/', usedPercent: 41 }],
    [{ mount: '/', usedPercent: 42 }],
  ])
  expect(points[0]?.disks).toEqual([])
  expect(points[1]?.cpuPercent).toBeNull()
})

test('a new sample is its own low and high; what is too old goes', () => {
  const read = pointsOf(BUCKETS)
  const sample = { ...(read.points[0] as (typeof read.points)[number]), at: iso(120), cpuPercent: 50 }
  const { points, lows, highs } = grown(read, [sample], 30_000)
  expect(points.map(({ at }) => at)).toEqual([iso(60), iso(120)])
  expect([lows.at(-1)?.cpuPercent, highs.at(-1)?.cpuPercent]).toEqual([50, 50])
  expect(grown(read, [], 1e9).points).toEqual([])
})
