import { clockMinute, duration } from '../ui/durations.ts'
import { count } from '../ui/words.ts'

/** How many servers had which problem in one stretch of time, each counted once, at its worst. */
export interface BandBucket {
  readonly at: number
  readonly warning: number
  readonly offline: number
  /** Whether there was a server to observe, and we could for half of its time or more. */
  readonly observed: boolean
}

/** What the hub counts in one stretch of time. */
export interface CountedBucket {
  readonly at: string
  readonly online: number
  readonly warning: number
  readonly offline: number
  readonly neverSeen: number
  readonly unobservedSeconds: number
}

export interface BandGap {
  readonly from: number
  readonly until: number
}

export interface BandPaths {
  readonly observed: string
  readonly warning: string
  readonly offline: string
  /** Values with a line, and how high above the bottom they stand, in px. */
  readonly ticks: readonly { readonly value: number; readonly bottom: number }[]
}

/** The view box: ten units a bucket, px in height. */
export const BAND_HEIGHT = 76
const UNIT = 10
const BAR = 8.5
/** The lowest 4 px say that somebody looked. */
const FLOOR = 70
const TALLEST = 64

export function bandBucket(counted: CountedBucket, lengthMs: number): BandBucket {
  const { at, online, warning, offline, neverSeen, unobservedSeconds } = counted
  const watched = online + warning + offline + neverSeen > 0
  return { at: Date.parse(at), warning, offline, observed: watched && unobservedSeconds * 2_000 < lengthMs }
}

/** Bars of a band: warnings below, offline on top of them. The scale ends at four or more, so that one is no alarm. */
export function bandPaths(buckets: readonly BandBucket[]): BandPaths {
  const most = Math.max(4, ...buckets.map(({ warning, offline }) => warning + offline))
  const height = (n: number) => (n / most) * TALLEST
  const bar = (i: number, bottom: number, tall: number) =>
    `M${i * UNIT} ${round(bottom - tall)}h${BAR}v${round(tall)}h-${BAR}z`
  const path = (draw: (bucket: BandBucket, i: number) => string) => buckets.map(draw).join('')
  return {
    observed: path(({ observed }, i) => (observed ? `M${i * UNIT} 72h${BAR}v4h-${BAR}z` : '')),
    warning: path(({ warning }, i) => (warning > 0 ? bar(i, FLOOR, height(warning)) : '')),
    offline: path(({ warning, offline }, i) =>
      offline > 0 ? bar(i, FLOOR - height(warning) - (warning > 0 ? 1 : 0), height(offline)) : '',
    ),
    ticks: ticksOf(most).map((value) => ({ value, bottom: BAND_HEIGHT - FLOOR + height(value) })),
  }
}

function round(n: number): number {
  return Math.round(n * 10) / 10
}

/** Two or three round values below the highest. */
function ticksOf(most: number): readonly number[] {
  const rough = most / 3
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = Math.max(1, ([1, 2, 5, 10].find((n) => n * power >= rough) ?? 10) * power)
  return Array.from({ length: Math.floor(most / step) }, (_, i) => (i + 1) * step).filter(
    (value) => value < most * 0.95,
  )
}

/** Where the band is highest. Undefined where nothing was wrong. */
export function peakOf(buckets: readonly BandBucket[]): BandBucket | undefined {
  const sum = ({ warning, offline }: BandBucket) => warning + offline
  const peak = buckets.reduce<BandBucket | undefined>(
    (best, one) => (sum(one) > (best ? sum(best) : 0) ? one : best),
    undefined,
  )
  return peak
}

/** 12 at 21:50, 9 offline. */
export function peakInWords({ at, warning, offline }: BandBucket, now: number): string {
  const most = `${warning + offline} at ${clockMinute(at, now)}`
  return offline > 0 ? `${most}, ${offline} offline` : most
}

/** The band as a sentence, for who does not see it. */
export function bandInWords(buckets: readonly BandBucket[], gaps: readonly BandGap[], now: number): string {
  const peak = peakOf(buckets)
  const highest = peak ? `Highest: ${peakInWords(peak, now)}.` : 'No server had a problem.'
  const total = gaps.reduce((ms, { from, until }) => ms + until - from, 0)
  const unobserved =
    gaps.length > 0 ? ` Not observed for ${duration(total)} in ${count(gaps.length, 'stretch', 'stretches')}.` : ''
  return `Servers with problems, last 24 hours. ${highest}${unobserved}`
}

/** How often the band is read, a tenth of a bucket. */
export const READ_EVERY_MS = 60_000

/** Whether two readings have failed or were not made: then its end is not now. */
export function isLate(until: number, now: number): boolean {
  return now - until > 2 * READ_EVERY_MS
}

const HOUR = 3_600_000
/**
 * Full hours of the viewer's clock, every third, where there is room for them: nearer to an end an hour's label would run
 * into the end's own, which names the day at the beginning, and where the end is late.
 */
export function bandHours(
  from: number,
  until: number,
  { narrow, late }: { readonly narrow: boolean; readonly late: boolean },
): readonly number[] {
  const [start, now] = narrow ? [5 * HOUR, 3 * HOUR] : [2.25 * HOUR, 1.25 * HOUR]
  const end = late ? start : now
  const first = new Date(from + start)
  first.setMinutes(0, 0, 0)
  const hours: number[] = []
  for (let at = first.getTime() + HOUR; at < until - end; at += HOUR)
    if (new Date(at).getHours() % 3 === 0) hours.push(at)
  return hours
}
