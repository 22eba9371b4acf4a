import { Buckets, type RollupColumns, type TimedSample } from './buckets.ts'
import type { Instant } from './types.ts'

const HOUR_MS = 3_600_000
const FIVE_MINUTES_MS = 300_000

/** Two samples with the same uptime are one, delivered twice, unless they are further apart than this. */
const SAME_SAMPLE_WITHIN_MS = 60_000

/** One server's samples of one hour, and what they come to. */
export interface RolledHour {
  /** In the order of their time, each once. */
  readonly samples: readonly TimedSample[]
  readonly fiveMinutes: RollupColumns
  readonly hour: RollupColumns
}

/** Rolls one hour of one server up. The samples may come in any order, and more than once. */
export function rollUpHour(samples: readonly TimedSample[], begin: Instant): RolledHour {
  const each = eachOnce(samples)
  const fiveMinutes = new Buckets({ origin: begin, widthMs: FIVE_MINUTES_MS, size: HOUR_MS / FIVE_MINUTES_MS })
  const hour = new Buckets({ origin: begin, widthMs: HOUR_MS, size: 1 })
  for (const sample of each) {
    fiveMinutes.addSample(sample)
    hour.addSample(sample)
  }
  return { samples: each, fiveMinutes: fiveMinutes.rollups(), hour: hour.rollups() }
}

/** The day's hours with this one put in its place: what was there of it is replaced. */
export function withHour(day: RollupColumns | undefined, hour: RollupColumns, begin: Instant): RollupColumns {
  const dayBegin = Math.floor(begin / DAY_MS) * DAY_MS
  const hours = new Buckets({ origin: dayBegin, widthMs: HOUR_MS, size: DAY_MS / HOUR_MS })
  if (day) hours.addRollups(without(day, begin))
  hours.addRollups(hour)
  return hours.rollups()
}

const DAY_MS = 24 * HOUR_MS

/** Counts nothing of the hour that begins there. */
function without(day: RollupColumns, begin: Instant): RollupColumns {
  const gone = Array.from(day.at).indexOf(begin)
  if (gone === -1) return day
  const zeroed = (counts: ArrayLike<number>) => Array.from(counts, (count, i) => (i === gone ? 0 : count))
  return {
    at: day.at,
    samples: zeroed(day.samples),
    figures: new Map(
      [...day.figures].map(([metric, figure]) => [metric, { ...figure, count: zeroed(figure.count) }] as const),
    ),
    disks: new Map(
      [...day.disks].map(([mount, disk]) => {
        const { usedPercent } = disk
        return [mount, { ...disk, usedPercent: { ...usedPercent, count: zeroed(usedPercent.count) } }] as const
      }),
    ),
  }
}

function eachOnce(samples: readonly TimedSample[]): TimedSample[] {
  const lastByUptime = new Map<number, Instant>()
  const kept: TimedSample[] = []
  for (const sample of samples.toSorted((a, b) => a.at - b.at)) {
    if (kept.at(-1)?.at === sample.at) continue
    const { uptimeSeconds } = sample
    const before = uptimeSeconds === null ? undefined : lastByUptime.get(uptimeSeconds)
    if (before !== undefined && sample.at - before <= SAME_SAMPLE_WITHIN_MS) continue
    if (uptimeSeconds !== null) lastByUptime.set(uptimeSeconds, sample.at)
    kept.push(sample)
  }
  return kept
}
