import type { MetricPointFragment } from '../api/generated/graphql.ts'
import { NBSP } from '../ui/durations.ts'
import { bytes } from '../ui/numbers.ts'

/** One line of a chart. */
export interface Series {
  readonly name: string
  read(point: MetricPointFragment): number | null
}

export interface ChartPlan {
  readonly title: string
  readonly series: readonly Series[]
  /** The top of the scale; null: as high as its figures. */
  readonly max: number | null
  /** From where an alert is opened. */
  readonly limit: number | null
  say(figure: number): string
}

export interface Limits {
  readonly cpuPercent: number
  readonly memoryPercent: number
  readonly diskPercent: number
}

/** More lines than this nobody tells apart. */
const MOST_SERIES = 4

/** What each line says at one place; at its newest figure where there is none. */
export function figuresAt(plan: ChartPlan, columns: Columns, at: number | null): readonly string[] {
  return plan.series.map((_, i) => {
    const column = columns[i + 1] ?? []
    const figure = at === null ? column.findLast((value) => value !== null) : column[at]
    return figure == null ? '–' : plan.say(figure)
  })
}

/** The charts that these points have figures for; a chart without any is left out. */
export function chartPlans(points: readonly MetricPointFragment[], limits: Limits): readonly ChartPlan[] {
  const plans: ChartPlan[] = [
    {
      title: 'CPU',
      series: [{ name: 'used', read: (point) => point.cpuPercent }],
      max: 100,
      limit: limits.cpuPercent,
      say: percent,
    },
    {
      title: 'Memory',
      series: [
        { name: 'used', read: (point) => point.memoryPercent },
        { name: 'swap', read: (point) => point.swapPercent },
      ],
      max: 100,
      limit: limits.memoryPercent,
      say: percent,
    },
    { title: 'Disk', series: mounts(points), max: 100, limit: limits.diskPercent, say: percent },
    {
      title: 'Load',
      series: [
        { name: `1${NBSP}min`, read: (point) => point.load1 },
        { name: `5${NBSP}min`, read: (point) => point.load5 },
        { name: `15${NBSP}min`, read: (point) => point.load15 },
      ],
      max: null,
      limit: null,
      say: (figure) => figure.toFixed(1),
    },
    {
      title: 'Network',
      series: [
        { name: 'in', read: (point) => point.networkRxBytesPerSecond },
        { name: 'out', read: (point) => point.networkTxBytesPerSecond },
      ],
      max: null,
      limit: null,
      say: rate,
    },
    {
      title: 'Disk traffic',
      series: [
        { name: 'read', read: (point) => point.diskReadBytesPerSecond },
        { name: 'write', read: (point) => point.diskWriteBytesPerSecond },
      ],
      max: null,
      limit: null,
      say: rate,
    },
  ]
  return plans
    .map((plan) => ({
      ...plan,
      series: plan.series.filter((line) => points.some((point) => line.read(point) !== null)),
    }))
    .filter((plan) => plan.series.length > 0)
}

/** The fullest file systems, by the newest sample that names them. */
function mounts(points: readonly MetricPointFragment[]): readonly Series[] {
  const newest = new Map(points.flatMap((point) => point.disks.map((disk) => [disk.mount, disk.usedPercent] as const)))
  return [...newest]
    .sort(([, a], [, b]) => b - a)
    .slice(0, MOST_SERIES)
    .map(([mount]) => ({
      name: mount,
      read: (point) => point.disks.find((disk) => disk.mount === mount)?.usedPercent ?? null,
    }))
}

/** Seconds since the epoch, then a column for each line. A line is broken where samples are missing. */
export type Columns = [times: number[], ...lines: (number | null)[][]]

/** So many usual distances without a sample are a hole, not a straight line. */
const HOLE = 3

export function columnsOf(points: readonly MetricPointFragment[], series: readonly Series[]): Columns {
  const times = points.map((point) => Date.parse(point.at) / 1_000)
  const hole = usualDistance(times) * HOLE
  const xs: number[] = []
  const lines = series.map((): (number | null)[] => [])
  const add = (at: number, point: MetricPointFragment | null) => {
    xs.push(at)
    for (const [i, line] of series.entries()) lines[i]?.push(point && line.read(point))
  }
  points.forEach((point, i) => {
    const at = times[i] ?? 0
    const before = times[i - 1]
    if (before !== undefined && at - before > hole) add((before + at) / 2, null)
    add(at, point)
  })
  return [xs, ...lines]
}

function usualDistance(times: readonly number[]): number {
  const distances = times.slice(1).map((at, i) => at - (times[i] ?? at))
  return distances.sort((a, b) => a - b)[Math.floor(distances.length / 2)] ?? Infinity
}

/** The top of a scale whose figures go up to `highest`: 1, 2 or 5 times a power of ten. */
export function niceMax(highest: number): number {
  if (highest <= 0) return 1
  const power = 10 ** Math.floor(Math.log10(highest))
  return [1, 2, 5, 10].map((n) => n * power).find((top) => top >= highest) ?? 10 * power
}

export function highestIn([, ...lines]: Columns): number {
  return lines.flat().reduce<number>((highest, figure) => Math.max(highest, figure ?? 0), 0)
}

/** Without the decimal that says nothing: 0.4 %, 12 %. */
export function percent(figure: number): string {
  return `${Number(figure.toFixed(figure < 10 ? 1 : 0))}${NBSP}%`
}

export function rate(count: number): string {
  return `${bytes(count)}/s`
}
