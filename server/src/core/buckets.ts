import { METRICS, type Metric, type MetricSample } from './metrics.ts'
import type { Instant } from './types.ts'

/** How a range of time is cut: bucket `i` begins at `origin + i * widthMs`. */
export interface Cut {
  readonly origin: Instant
  readonly widthMs: number
  readonly size: number
}

/** A sample and when it was measured. */
export type TimedSample = MetricSample & { readonly at: Instant }

/** One figure over buckets, or over stored roll-ups; equally long. Where `count` is 0 the others say nothing. */
export interface FigureColumns {
  readonly min: ArrayLike<number>
  readonly mean: ArrayLike<number>
  readonly max: ArrayLike<number>
  readonly count: ArrayLike<number>
}

/** One file system over stored roll-ups; its bytes are as of the last sample of each that names it. */
export interface DiskColumns {
  readonly usedPercent: FigureColumns
  readonly usedBytes: ArrayLike<number>
  readonly totalBytes: ArrayLike<number>
}

/** Roll-ups of one server, side by side; equally long columns. What was never measured is left out. */
export interface RollupColumns {
  /** Where each begins. */
  readonly at: ArrayLike<Instant>
  readonly samples: ArrayLike<number>
  readonly figures: ReadonlyMap<Metric, FigureColumns>
  readonly disks: ReadonlyMap<string, DiskColumns>
}

/** Least, mean, greatest and count of one figure in each bucket. */
export class Figure {
  readonly count: Float64Array
  readonly min: Float64Array
  readonly max: Float64Array
  readonly #sum: Float64Array

  constructor(size: number) {
    this.count = new Float64Array(size)
    this.min = new Float64Array(size).fill(Infinity)
    this.max = new Float64Array(size).fill(-Infinity)
    this.#sum = new Float64Array(size)
  }

  addValue(bucket: number, value: number): void {
    this.add(bucket, value, value, value, 1)
  }

  addColumns(bucket: number, columns: FigureColumns, i: number): void {
    const count = columns.count[i] as number
    if (count === 0) return
    this.add(bucket, columns.min[i] as number, columns.mean[i] as number, columns.max[i] as number, count)
  }

  add(bucket: number, min: number, mean: number, max: number, count: number): void {
    this.count[bucket] = (this.count[bucket] as number) + count
    this.#sum[bucket] = (this.#sum[bucket] as number) + mean * count
    if (min < (this.min[bucket] as number)) this.min[bucket] = min
    if (max > (this.max[bucket] as number)) this.max[bucket] = max
  }

  get mean(): Float64Array {
    return this.#sum.map((sum, i) => sum / (this.count[i] as number))
  }
}

/** One file system in each bucket. */
export class DiskFigure {
  readonly usedPercent: Figure
  readonly usedBytes: Float64Array
  readonly totalBytes: Float64Array
  readonly #lastAt: Float64Array

  constructor(size: number) {
    this.usedPercent = new Figure(size)
    this.usedBytes = new Float64Array(size)
    this.totalBytes = new Float64Array(size)
    this.#lastAt = new Float64Array(size).fill(-Infinity)
  }

  /** The newest tells the bytes, whatever the order in which they come. */
  setBytes(bucket: number, at: Instant, usedBytes: number, totalBytes: number): void {
    if (at < (this.#lastAt[bucket] as number)) return
    this.#lastAt[bucket] = at
    this.usedBytes[bucket] = usedBytes
    this.totalBytes[bucket] = totalBytes
  }
}

/**
 * Samples and roll-ups of one server merged into equal stretches of time, in any order.
 *
 * The same sums make a roll-up from samples and a chart from roll-ups and samples: what is merged twice in stages is what
 * is merged at once, but for the rounding of means.
 */
export class Buckets {
  readonly samples: Float64Array
  readonly figures = new Map<Metric, Figure>()
  readonly disks = new Map<string, DiskFigure>()
  /** When the first sample of each bucket was measured, as far as known; Infinity where there is none. */
  readonly firstAt: Float64Array

  constructor(readonly cut: Cut) {
    this.samples = new Float64Array(cut.size)
    this.firstAt = new Float64Array(cut.size).fill(Infinity)
  }

  /** What lies outside the cut is left out. */
  addSamples(samples: readonly TimedSample[]): void {
    const buckets = samples.map((sample) => this.#count(sample.at, 1))
    for (const metric of METRICS) this.#addColumn(metric, samples, buckets)
    for (let i = 0; i < samples.length; i++) {
      const bucket = buckets[i]
      if (bucket === undefined) continue
      const { at, disks } = samples[i] as TimedSample
      for (const { mount, usedPercent, usedBytes, totalBytes } of disks) {
        const disk = this.#disk(mount)
        disk.usedPercent.addValue(bucket, usedPercent)
        disk.setBytes(bucket, at, usedBytes, totalBytes)
      }
    }
  }

  /** Roll-ups must lie in one bucket each. */
  addRollups(rollups: RollupColumns): void {
    const buckets: (number | undefined)[] = []
    for (let i = 0; i < rollups.at.length; i++) {
      buckets.push(this.#count(rollups.at[i] as number, rollups.samples[i] as number))
    }
    for (const [metric, columns] of rollups.figures) addColumns(this.#figure(metric), columns, buckets)
    for (const [mount, columns] of rollups.disks) {
      const disk = this.#disk(mount)
      addColumns(disk.usedPercent, columns.usedPercent, buckets)
      buckets.forEach((bucket, i) => {
        if (bucket === undefined || columns.usedPercent.count[i] === 0) return
        const [used, total] = [columns.usedBytes[i] as number, columns.totalBytes[i] as number]
        disk.setBytes(bucket, rollups.at[i] as number, used, total)
      })
    }
  }

  /** The buckets that have samples, in order. */
  filled(): number[] {
    const filled: number[] = []
    for (let bucket = 0; bucket < this.samples.length; bucket++) {
      if ((this.samples[bucket] as number) > 0) filled.push(bucket)
    }
    return filled
  }

  /** Where the bucket begins. */
  beginOf(bucket: number): Instant {
    return this.cut.origin + bucket * this.cut.widthMs
  }

  /** The filled buckets as roll-ups. */
  rollups(): RollupColumns {
    const filled = this.filled()
    const figures = [...this.figures].map(([metric, figure]) => [metric, pick(figure, filled)] as const)
    const disks = [...this.disks].map(
      ([mount, disk]) =>
        [
          mount,
          {
            usedPercent: pick(disk.usedPercent, filled),
            usedBytes: filled.map((bucket) => disk.usedBytes[bucket] as number),
            totalBytes: filled.map((bucket) => disk.totalBytes[bucket] as number),
          },
        ] as const,
    )
    return {
      at: filled.map((bucket) => this.beginOf(bucket)),
      samples: filled.map((bucket) => this.samples[bucket] as number),
      figures: new Map(figures),
      disks: new Map(disks),
    }
  }

  #count(at: Instant, samples: number): number | undefined {
    const bucket = Math.floor((at - this.cut.origin) / this.cut.widthMs)
    if (bucket < 0 || bucket >= this.cut.size) return undefined
    this.samples[bucket] = (this.samples[bucket] as number) + samples
    if (at < (this.firstAt[bucket] as number)) this.firstAt[bucket] = at
    return bucket
  }

  #addColumn(metric: Metric, samples: readonly TimedSample[], buckets: readonly (number | undefined)[]): void {
    let figure: Figure | undefined
    for (let i = 0; i < samples.length; i++) {
      const value = (samples[i] as TimedSample)[metric]
      const bucket = buckets[i]
      if (value === null || bucket === undefined) continue
      figure ??= this.#figure(metric)
      figure.addValue(bucket, value)
    }
  }

  #figure(metric: Metric): Figure {
    const figure = this.figures.get(metric) ?? new Figure(this.cut.size)
    this.figures.set(metric, figure)
    return figure
  }

  #disk(mount: string): DiskFigure {
    const disk = this.disks.get(mount) ?? new DiskFigure(this.cut.size)
    this.disks.set(mount, disk)
    return disk
  }
}

function addColumns(figure: Figure, columns: FigureColumns, buckets: readonly (number | undefined)[]): void {
  for (let i = 0; i < buckets.length; i++) {
    const bucket = buckets[i]
    if (bucket !== undefined) figure.addColumns(bucket, columns, i)
  }
}

function pick(figure: Figure, buckets: readonly number[]): FigureColumns {
  const mean = figure.mean
  const of = (column: Float64Array) => buckets.map((bucket) => column[bucket] as number)
  return { min: of(figure.min), mean: of(mean), max: of(figure.max), count: of(figure.count) }
}
