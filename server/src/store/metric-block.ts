import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { DiskColumns, FigureColumns, RollupColumns, TimedSample } from '../core/buckets.ts'
import { METRICS, type Metric } from '../core/metrics.ts'
import { ByteReader, ByteWriter, packNumbers, placesOf, unpackColumn, unpackNumbers } from '../core/packed-numbers.ts'
import type { Instant } from '../core/types.ts'

/*
 * What many samples or roll-ups of one server say, in one value of a few hundred bytes.
 *
 * Column by column, the metrics in the order of METRICS, then the file systems by name; see packed-numbers.ts. A row of its
 * own for each sample would cost three times as much in PostgreSQL's own bookkeeping alone.
 */

/** The first byte: how the rest is to be read. */
const VERSION = 1

/** Blocks are a few kB: a larger window and table would only have to be made and cleared. */
const SMALL = { windowBits: 12, memLevel: 5 }

/** Blocks are written one after the other, hundreds in a step. */
const WRITER = new ByteWriter()

/** Means are kept to so many places more than the figures themselves have. */
const MORE_PLACES = 1

/** Samples in the order of their time; `at` is kept to the millisecond. @param origin not after the first one. */
export function packSamples(samples: readonly TimedSample[], origin: Instant): Buffer {
  return packed(samples.length, (to) => {
    packNumbers(
      to,
      samples.map(({ at }) => Math.floor(at) - origin),
    )
    for (const metric of METRICS) {
      packNumbers(
        to,
        samples.map((sample) => sample[metric]),
      )
    }
    const mounts = [...new Set(samples.flatMap(({ disks }) => disks.map(({ mount }) => mount)))]
    to.whole(mounts.length)
    for (const mount of mounts) {
      const disks = samples.map((sample) => sample.disks.find((disk) => disk.mount === mount))
      to.text(mount)
      for (const key of ['usedPercent', 'usedBytes', 'totalBytes'] as const) {
        packNumbers(
          to,
          disks.map((disk) => disk?.[key] ?? null),
        )
      }
    }
  })
}

export function unpackSamples(block: Buffer, origin: Instant): TimedSample[] {
  const { from, length } = unpacked(block)
  const at = unpackNumbers(from, length)
  const figures = METRICS.map((metric) => [metric, unpackNumbers(from, length)] as const)
  const disks = Array.from({ length: from.whole() }, () => ({
    mount: from.text(),
    usedPercent: unpackNumbers(from, length),
    usedBytes: unpackNumbers(from, length),
    totalBytes: unpackNumbers(from, length),
  }))
  return at.map((offset, i) => ({
    at: origin + (offset as number),
    ...(Object.fromEntries(figures.map(([metric, values]) => [metric, values[i]])) as Record<Metric, number | null>),
    disks: disks.flatMap(({ mount, usedPercent, usedBytes, totalBytes }) => {
      const [percent, used, total] = [usedPercent[i], usedBytes[i], totalBytes[i]]
      return percent == null || used == null || total == null
        ? []
        : [{ mount, usedPercent: percent, usedBytes: used, totalBytes: total }]
    }),
  }))
}

/** Means are rounded. @param origin not after the first one. */
export function packRollups(rollups: RollupColumns, origin: Instant): Buffer {
  return packed(rollups.at.length, (to) => writeRollups(to, rollups, { origin, morePlaces: MORE_PLACES }))
}

export function unpackRollups(block: Buffer, origin: Instant): RollupColumns {
  return readRollups(unpacked(block), origin)
}

/**
 * Roll-ups that are unpacked again within the day: not deflated. Means are as they are, since how many places the figures
 * of one hour have says nothing of those of its day.
 */
export function packHour(rollups: RollupColumns, origin: Instant): Buffer {
  return Buffer.from(written(rollups.at.length, (to) => writeRollups(to, rollups, { origin, morePlaces: Infinity })))
}

export function unpackHour(block: Buffer, origin: Instant): RollupColumns {
  return readRollups(opened(block), origin)
}

interface Rounding {
  readonly origin: Instant
  readonly morePlaces: number
}

function writeRollups(to: ByteWriter, rollups: RollupColumns, { origin, morePlaces }: Rounding): void {
  const length = rollups.at.length
  packNumbers(
    to,
    Array.from(rollups.at, (at) => at - origin),
  )
  packNumbers(to, Array.from(rollups.samples))
  for (const metric of METRICS) packFigure(to, rollups.figures.get(metric), length, morePlaces)
  to.whole(rollups.disks.size)
  for (const [mount, disk] of rollups.disks) {
    const known = (values: ArrayLike<number>) => knownIn(disk.usedPercent, values)
    to.text(mount)
    packFigure(to, disk.usedPercent, length, morePlaces)
    packNumbers(to, known(disk.usedBytes))
    packNumbers(to, known(disk.totalBytes))
  }
}

function readRollups({ from, length }: Unpacked, origin: Instant): RollupColumns {
  const at = unpackColumn(from, length).map((offset) => origin + offset)
  const samples = unpackColumn(from, length)
  const figures = new Map<Metric, FigureColumns>()
  for (const metric of METRICS) {
    const figure = unpackFigure(from, length)
    if (figure) figures.set(metric, figure)
  }
  const disks = new Map<string, DiskColumns>()
  for (let left = from.whole(); left > 0; left--) {
    const mount = from.text()
    const usedPercent = unpackFigure(from, length)
    const [usedBytes, totalBytes] = [unpackColumn(from, length), unpackColumn(from, length)]
    if (usedPercent) disks.set(mount, { usedPercent, usedBytes, totalBytes })
  }
  return { at, samples, figures, disks }
}

function packFigure(to: ByteWriter, figure: FigureColumns | undefined, length: number, morePlaces: number): void {
  if (!figure) {
    packNumbers(to, Array<null>(length).fill(null))
    return
  }
  const [min, max] = [knownIn(figure, figure.min), knownIn(figure, figure.max)]
  packNumbers(to, Array.from(figure.count))
  packNumbers(to, min)
  packNumbers(to, max)
  packNumbers(to, roundedMeans(figure, { min, max }, morePlaces))
}

type Known = readonly (number | null)[]

function roundedMeans(figure: FigureColumns, { min, max }: { min: Known; max: Known }, morePlaces: number): Known {
  const mean = knownIn(figure, figure.mean)
  if (morePlaces === Infinity) return mean
  const placesOfMin = placesOf(min)
  const places = placesOfMin === undefined ? undefined : placesOf(max, placesOfMin)
  if (places === undefined) return mean
  const scale = 10 ** (places + morePlaces)
  return mean.map((value) => (value === null ? null : Math.round(value * scale) / scale))
}

function unpackFigure(from: ByteReader, length: number): FigureColumns | undefined {
  const count = unpackColumn(from, length)
  if (Number.isNaN(count[0])) return undefined
  const [min, max, mean] = [unpackColumn(from, length), unpackColumn(from, length), unpackColumn(from, length)]
  return { count, min, max, mean }
}

function knownIn(figure: FigureColumns, values: ArrayLike<number>): Known {
  const known: (number | null)[] = []
  for (let i = 0; i < values.length; i++) known.push(figure.count[i] === 0 ? null : (values[i] as number))
  return known
}

function packed(length: number, write: (to: ByteWriter) => void): Buffer {
  return deflateRawSync(written(length, write), SMALL)
}

/** What it answers lasts until the next block is written. */
function written(length: number, write: (to: ByteWriter) => void): Uint8Array {
  WRITER.clear()
  WRITER.byte(VERSION)
  WRITER.whole(length)
  write(WRITER)
  return WRITER.done()
}

interface Unpacked {
  readonly from: ByteReader
  readonly length: number
}

function unpacked(block: Buffer): Unpacked {
  return opened(inflateRawSync(block))
}

function opened(bytes: Uint8Array): Unpacked {
  const from = new ByteReader(bytes)
  const version = from.byte()
  if (version !== VERSION) throw new Error(`A block of metrics has version ${version}; this program reads ${VERSION}.`)
  return { from, length: from.whole() }
}
