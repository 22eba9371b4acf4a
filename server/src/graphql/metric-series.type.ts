import { Field, Float, Int, ObjectType } from 'type-graphql'
import type { Buckets, FigureColumns } from '../core/buckets.ts'
import { METRICS, type Metric } from '../core/metrics.ts'
import type { Resolution } from '../core/series.ts'
import type { Gap, Instant } from '../core/types.ts'
import type { Series } from '../store/metric-series.ts'
import { DateTime } from './date-time.ts'
import { ResolutionEnum } from './enums.ts'
import { MetricSampleType } from './metric.type.ts'

@ObjectType('TimeRange', { simpleResolvers: true })
export class TimeRangeType {
  @Field(() => DateTime)
  readonly from!: Instant

  @Field(() => DateTime)
  readonly until!: Instant
}

@ObjectType('FigureRange', {
  description: 'One figure in each bucket; null where it was not measured. Peaks survive in `max`, dips in `min`.',
  simpleResolvers: true,
})
export class FigureRangeType {
  @Field(() => [Float], { nullable: 'items' })
  readonly min!: readonly (number | null)[]

  @Field(() => [Float], { nullable: 'items' })
  readonly mean!: readonly (number | null)[]

  @Field(() => [Float], { nullable: 'items' })
  readonly max!: readonly (number | null)[]
}

@ObjectType('DiskBuckets', { description: 'One file system in each bucket.', simpleResolvers: true })
export class DiskBucketsType {
  @Field(() => String)
  readonly mount!: string

  @Field(() => FigureRangeType)
  readonly usedPercent!: FigureRangeType

  @Field(() => [Float], { nullable: 'items', description: 'As of the end of each bucket.' })
  readonly usedBytes!: readonly (number | null)[]

  @Field(() => [Float], { nullable: 'items', description: 'As of the end of each bucket.' })
  readonly totalBytes!: readonly (number | null)[]
}

/** Reads the buckets column by column, and only what is asked for. */
@ObjectType('MetricBuckets', {
  description:
    'The same stretches as `points`, by column: all lists are as long as `at`, so that a chart can draw them as they are. Stretches without a sample are left out.',
  simpleResolvers: true,
})
export class MetricBucketsType {
  readonly #buckets: Buckets
  readonly #filled: readonly number[]

  constructor(
    buckets: Buckets,
    /** Where each filled bucket begins. */
    at: readonly Instant[],
  ) {
    this.#buckets = buckets
    this.#filled = buckets.filled()
    this.at = at
  }

  @Field(() => [DateTime], { description: 'Where each begins; of single samples, when they were measured.' })
  readonly at: readonly Instant[]

  @Field(() => [Int], { description: 'How many samples each is made of.' })
  get samples(): number[] {
    return this.#filled.map((bucket) => this.#buckets.samples[bucket] as number)
  }

  @Field(() => FigureRangeType)
  get cpuPercent(): FigureRangeType {
    return this.#range('cpuPercent')
  }

  @Field(() => FigureRangeType)
  get memoryPercent(): FigureRangeType {
    return this.#range('memoryPercent')
  }

  @Field(() => FigureRangeType)
  get swapPercent(): FigureRangeType {
    return this.#range('swapPercent')
  }

  @Field(() => FigureRangeType)
  get load1(): FigureRangeType {
    return this.#range('load1')
  }

  @Field(() => FigureRangeType)
  get load5(): FigureRangeType {
    return this.#range('load5')
  }

  @Field(() => FigureRangeType)
  get load15(): FigureRangeType {
    return this.#range('load15')
  }

  @Field(() => FigureRangeType)
  get networkRxBytesPerSecond(): FigureRangeType {
    return this.#range('networkRxBytesPerSecond')
  }

  @Field(() => FigureRangeType)
  get networkTxBytesPerSecond(): FigureRangeType {
    return this.#range('networkTxBytesPerSecond')
  }

  @Field(() => FigureRangeType)
  get diskReadBytesPerSecond(): FigureRangeType {
    return this.#range('diskReadBytesPerSecond')
  }

  @Field(() => FigureRangeType)
  get diskWriteBytesPerSecond(): FigureRangeType {
    return this.#range('diskWriteBytesPerSecond')
  }

  @Field(() => FigureRangeType)
  get uptimeSeconds(): FigureRangeType {
    return this.#range('uptimeSeconds')
  }

  @Field(() => FigureRangeType)
  get processes(): FigureRangeType {
    return this.#range('processes')
  }

  @Field(() => [DiskBucketsType], { description: 'Every file system that was measured in the range.' })
  get disks(): DiskBucketsType[] {
    return [...this.#buckets.disks].map(([mount, disk]) => {
      const known = this.#filled.map((bucket) => (disk.usedPercent.count[bucket] === 0 ? null : bucket))
      return {
        mount,
        usedPercent: rangeOf(disk.usedPercent, this.#filled),
        usedBytes: known.map((bucket) => (bucket === null ? null : (disk.usedBytes[bucket] as number))),
        totalBytes: known.map((bucket) => (bucket === null ? null : (disk.totalBytes[bucket] as number))),
      }
    })
  }

  #range(metric: Metric): FigureRangeType {
    return rangeOf(this.#buckets.figures.get(metric), this.#filled)
  }
}

@ObjectType('MetricSeries', { description: 'Metrics of one server over a range of time.', simpleResolvers: true })
export class MetricSeriesType {
  readonly #series: Series

  constructor(range: { readonly from: Instant; readonly to: Instant }, series: Series) {
    this.from = range.from
    this.to = range.to
    this.#series = series
  }

  @Field(() => DateTime)
  readonly from: Instant

  @Field(() => DateTime)
  readonly to: Instant

  @Field(() => ResolutionEnum)
  get resolution(): Resolution {
    return this.#series.resolution
  }

  @Field(() => Float, { description: 'How much time each stretch covers.' })
  get bucketSeconds(): number {
    return this.#series.buckets.cut.widthMs / 1_000
  }

  @Field(() => [MetricSampleType], {
    description: 'The means of each stretch that has samples; of `disks` the bytes are as of its end.',
  })
  get points(): MetricSampleType[] {
    const { buckets } = this.#series
    const filled = buckets.filled()
    const at = this.#beginnings()
    const means = new Map([...buckets.figures].map(([metric, figure]) => [metric, meansOf(figure, filled)]))
    const disks = new MetricBucketsType(buckets, at).disks
    return filled.map((_, i) => ({
      at: at[i] as Instant,
      ...(Object.fromEntries(METRICS.map((metric) => [metric, means.get(metric)?.[i] ?? null])) as Record<
        Metric,
        number | null
      >),
      disks: disks.flatMap(({ mount, usedPercent, usedBytes, totalBytes }) => {
        const [percent, used, total] = [usedPercent.mean[i], usedBytes[i], totalBytes[i]]
        return percent == null || used == null || total == null
          ? []
          : [{ mount, usedPercent: percent, usedBytes: used, totalBytes: total }]
      }),
    }))
  }

  @Field(() => MetricBucketsType)
  get buckets(): MetricBucketsType {
    return new MetricBucketsType(this.#series.buckets, this.#beginnings())
  }

  @Field(() => [TimeRangeType], {
    description:
      'When we could not observe. Samples of that time may be there: agents keep them and deliver them later.',
  })
  get observationGaps(): readonly Gap[] {
    return this.#series.observationGaps
  }

  @Field(() => [TimeRangeType], {
    description: 'When we could observe and no sample was measured: the machine or its agent was down.',
  })
  get dataGaps(): readonly Gap[] {
    return this.#series.dataGaps
  }

  #beginnings(): Instant[] {
    const { buckets, resolution } = this.#series
    return buckets
      .filled()
      .map((bucket) => (resolution === 'RAW' ? (buckets.firstAt[bucket] as Instant) : buckets.beginOf(bucket)))
  }
}

type Columns = FigureColumns | undefined

function rangeOf(columns: Columns, filled: readonly number[]): FigureRangeType {
  return {
    min: pick(columns?.min, columns, filled),
    mean: meansOf(columns, filled),
    max: pick(columns?.max, columns, filled),
  }
}

function meansOf(columns: Columns, filled: readonly number[]): (number | null)[] {
  return pick(columns?.mean, columns, filled)
}

function pick(values: ArrayLike<number> | undefined, columns: Columns, filled: readonly number[]): (number | null)[] {
  return filled.map((bucket) => (values && columns?.count[bucket] ? shortest(values[bucket] as number) : null))
}

/** Figures are kept as 4-byte floats; 12.3 is shown as 12.3 and not as 12.300000190734863. */
function shortest(figure: number): number {
  const kept = Math.fround(figure)
  const rounded = Math.round(figure * 1_000) / 1_000
  if (Math.fround(rounded) === kept) return rounded
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(kept.toPrecision(digits))
    if (Math.fround(short) === kept) return short
  }
  return kept
}
