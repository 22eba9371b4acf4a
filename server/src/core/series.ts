import type { Buckets, Cut } from './buckets.ts'
import { mergeGaps } from './timeline.ts'
import type { Gap, Instant } from './types.ts'

/** What a series is made of: single samples, or roll-ups of so much time. */
export const RESOLUTIONS = ['RAW', 'FIVE_MINUTES', 'HOUR'] as const
export type Resolution = (typeof RESOLUTIONS)[number]

/** How much time one part of a series stands for, at least. */
const RESOLUTION_MS: Readonly<Record<Resolution, number>> = { RAW: 1, FIVE_MINUTES: 300_000, HOUR: 3_600_000 }

/** So many usual distances without a sample are a hole. */
const HOLE = 2.5

/** Samples are that far apart at least, as far as holes are concerned. */
const LEAST_DISTANCE_MS = 60_000

export interface SeriesRequest {
  readonly from: Instant
  readonly to: Instant
  readonly maxPoints: number
}

/** Which roll-ups to read, and how to cut them; or samples. */
export interface SeriesPlan {
  readonly resolution: Resolution
  readonly cut: Cut
}

/**
 * The finest resolution that still reaches back to the range's begin and gives no more points than are wanted.
 *
 * Samples are cut into equal stretches from the range's begin on. Roll-ups are merged whole: the stretches are multiples
 * of them and begin at multiples of themselves, so that the same stretch always holds the same figures.
 *
 * @param keptMs how far back each resolution reaches.
 */
export function planSeries(
  { from, to, maxPoints }: SeriesRequest,
  keptMs: Readonly<Record<Resolution, number>>,
  now: Instant,
): SeriesPlan {
  const widthMs = Math.max((to - from) / maxPoints, 1)
  const reaching = RESOLUTIONS.filter((resolution) => resolution === 'HOUR' || from >= now - keptMs[resolution])
  const fitting = reaching.filter((resolution) => RESOLUTION_MS[resolution] <= widthMs)
  const resolution = fitting.at(-1) ?? reaching[0] ?? 'HOUR'
  if (resolution === 'RAW') return { resolution, cut: { origin: from, widthMs, size: maxPoints } }
  return { resolution, cut: cutOfRollups(from, to, maxPoints, RESOLUTION_MS[resolution]) }
}

/** Ends: stretches that are as wide as the range cut into one less are few enough wherever they begin. */
function cutOfRollups(from: Instant, to: Instant, maxPoints: number, rollupMs: number): Cut {
  if (maxPoints === 1) {
    const origin = Math.floor(from / rollupMs) * rollupMs
    return { origin, widthMs: Math.ceil((to - origin) / rollupMs) * rollupMs, size: 1 }
  }
  for (let width = Math.ceil((to - from) / maxPoints / rollupMs) * rollupMs; ; width += rollupMs) {
    const origin = Math.floor(from / width) * width
    const size = Math.ceil((to - origin) / width)
    if (size <= maxPoints) return { origin, widthMs: width, size }
  }
}

/**
 * Stretches of the range for which samples are missing although we observed: those that are far longer than the usual
 * distance between samples, less what observation gaps cover.
 *
 * @param begun when there is anything to expect at the earliest: the server's creation.
 * @param resolution a roll-up stands for all of its time.
 */
export function holesIn(
  buckets: Buckets,
  resolution: Resolution,
  range: { readonly from: Instant; readonly to: Instant; readonly begun: Instant },
  observationGaps: readonly Gap[],
): Gap[] {
  const filled = buckets.filled()
  const at = filled.map(
    (bucket) => (resolution === 'RAW' ? buckets.firstAt[bucket] : buckets.beginOf(bucket)) as number,
  )
  const widthMs = buckets.cut.widthMs
  const lasts = resolution === 'RAW' ? 0 : widthMs
  const distance = Math.max(usualDistance(at), LEAST_DISTANCE_MS, resolution === 'RAW' ? widthMs : 0)
  const longest = resolution === 'RAW' ? distance * HOLE : 0

  const begin = Math.max(range.from, range.begun)
  const holes: Gap[] = []
  let heardUntil = begin
  for (const next of [...at, range.to]) {
    if (next - heardUntil > longest) holes.push({ from: heardUntil, until: next })
    heardUntil = Math.max(heardUntil, Math.min(next + lasts, range.to))
  }
  return less(holes, mergeGaps(observationGaps))
}

function usualDistance(at: readonly Instant[]): number {
  const distances = at.slice(1).map((instant, i) => instant - (at[i] ?? instant))
  return distances.sort((a, b) => a - b)[distances.length >> 1] ?? 0
}

/** What is left of the holes where the gaps are taken out. */
function less(holes: readonly Gap[], gaps: readonly Gap[]): Gap[] {
  return holes.flatMap(({ from, until }) => {
    const left: Gap[] = []
    let begin = from
    for (const gap of gaps) {
      if (gap.until <= begin || gap.from >= until) continue
      if (gap.from > begin) left.push({ from: begin, until: gap.from })
      begin = Math.max(begin, gap.until)
    }
    if (begin < until) left.push({ from: begin, until })
    return left
  })
}
