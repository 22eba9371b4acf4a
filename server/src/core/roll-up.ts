import { Buckets, type RollupColumns, type TimedSample } from './buckets.ts'
import { MAX_SAMPLES_A_MINUTE } from './metrics.ts'
import type { Instant } from './types.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const FIVE_MINUTES_MS = 300_000
const MINUTE_MS = 60_000

/** Two samples with the same uptime are one, delivered twice, unless they are further apart than this. */
const SAME_SAMPLE_WITHIN_MS = 60_000

/** One server's samples of one hour, and what they come to. */
export interface RolledHour {
  /** In the order of their time, each once, and no more of a minute than a server may have. */
  readonly samples: readonly TimedSample[]
  readonly fiveMinutes: RollupColumns
  readonly hour: RollupColumns
}

/** Rolls one hour of one server up. The samples may come in any order, and more than once. */
export function rollUpHour(samples: readonly TimedSample[], begin: Instant): RolledHour {
  const each = fitSamples(samples)
  const buckets = new Buckets({ origin: begin, widthMs: FIVE_MINUTES_MS, size: HOUR_MS / FIVE_MINUTES_MS })
  buckets.addSamples(each)
  const fiveMinutes = buckets.rollups()
  const hour = new Buckets({ origin: begin, widthMs: HOUR_MS, size: 1 })
  hour.addRollups(fiveMinutes)
  return { samples: each, fiveMinutes, hour: hour.rollups() }
}

/** A day with these of its hours put in their places: what was there of them is replaced. */
export function withHours(
  day: RollupColumns | undefined,
  hours: readonly RollupColumns[],
  begin: Instant,
): RollupColumns {
  const merged = new Buckets({ origin: begin, widthMs: HOUR_MS, size: DAY_MS / HOUR_MS })
  if (day) merged.addRollups(without(day, hours))
  for (const hour of hours) merged.addRollups(hour)
  return merged.rollups()
}

/** Counts nothing of the hours that there are others of. */
export function without(day: RollupColumns, others: readonly RollupColumns[]): RollupColumns {
  const gone = new Set(others.flatMap(({ at }) => Array.from(at)))
  if (!Array.from(day.at).some((at) => gone.has(at))) return day
  const left = (counts: ArrayLike<number>) =>
    Array.from(counts, (count, i) => (gone.has(day.at[i] as Instant) ? 0 : count))
  return {
    at: day.at,
    samples: left(day.samples),
    figures: new Map(
      [...day.figures].map(([metric, figure]) => [metric, { ...figure, count: left(figure.count) }] as const),
    ),
    disks: new Map(
      [...day.disks].map(([mount, disk]) => {
        const { usedPercent } = disk
        return [mount, { ...disk, usedPercent: { ...usedPercent, count: left(usedPercent.count) } }] as const
      }),
    ),
  }
}

/** What late deliveries brought on top of what was rolled up before is bounded here, too. */
function fitSamples(samples: readonly TimedSample[]): TimedSample[] {
  const lastByUptime = new Map<number, Instant>()
  const kept: TimedSample[] = []
  let minute = { at: Number.NaN, samples: 0 }
  for (const sample of samples.toSorted((a, b) => a.at - b.at)) {
    if (kept.at(-1)?.at === sample.at) continue
    const { uptimeSeconds } = sample
    const before = uptimeSeconds === null ? undefined : lastByUptime.get(uptimeSeconds)
    if (before !== undefined && sample.at - before <= SAME_SAMPLE_WITHIN_MS) continue
    if (uptimeSeconds !== null) lastByUptime.set(uptimeSeconds, sample.at)
    const at = Math.floor(sample.at / MINUTE_MS)
    minute = { at, samples: at === minute.at ? minute.samples + 1 : 1 }
    if (minute.samples <= MAX_SAMPLES_A_MINUTE) kept.push(sample)
  }
  return kept
}
