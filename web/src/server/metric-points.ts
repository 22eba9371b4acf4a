import type { BucketsFragment, MetricPointFragment, RangeFragment } from '../api/generated/graphql.ts'

/** The figures of a stretch of time, one point a bucket: what was usual in it, and how far down and up it went. */
export interface MetricPoints {
  readonly points: readonly MetricPointFragment[]
  /** As long as `points`, and at the same times. */
  readonly lows: readonly MetricPointFragment[]
  readonly highs: readonly MetricPointFragment[]
}

type Side = keyof Pick<RangeFragment, 'min' | 'mean' | 'max'>

export function pointsOf(buckets: BucketsFragment): MetricPoints {
  return { points: side(buckets, 'mean'), lows: side(buckets, 'min'), highs: side(buckets, 'max') }
}

function side(buckets: BucketsFragment, side: Side): MetricPointFragment[] {
  const figure = (range: RangeFragment, i: number) => range[side][i] ?? null
  return buckets.at.map((at, i) => ({
    at,
    cpuPercent: figure(buckets.cpuPercent, i),
    memoryPercent: figure(buckets.memoryPercent, i),
    swapPercent: figure(buckets.swapPercent, i),
    load1: figure(buckets.load1, i),
    load5: figure(buckets.load5, i),
    load15: figure(buckets.load15, i),
    networkRxBytesPerSecond: figure(buckets.networkRxBytesPerSecond, i),
    networkTxBytesPerSecond: figure(buckets.networkTxBytesPerSecond, i),
    diskReadBytesPerSecond: figure(buckets.diskReadBytesPerSecond, i),
    diskWriteBytesPerSecond: figure(buckets.diskWriteBytesPerSecond, i),
    disks: buckets.disks.flatMap(({ mount, usedPercent }) => {
      const used = figure(usedPercent, i)
      return used === null ? [] : [{ mount, usedPercent: used }]
    }),
  }))
}

/** With these samples after the last, each of them its own low and high; of before `from` nothing is kept. */
export function grown(read: MetricPoints, added: readonly MetricPointFragment[], from: number): MetricPoints {
  const first = read.points.findIndex((point) => Date.parse(point.at) >= from)
  const kept = (points: readonly MetricPointFragment[]) => [...(first === -1 ? [] : points.slice(first)), ...added]
  return { points: kept(read.points), lows: kept(read.lows), highs: kept(read.highs) }
}
