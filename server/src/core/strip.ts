import type { Cut } from './buckets.ts'
import { coveredMs, type StatusFrom, spansOf } from './timeline.ts'
import type { Gap, Instant, StatusAndReason } from './types.ts'

/**
 * What one cell of a status strip shows, the worst first: the first that applied at any observed moment of its time.
 *
 * - `UNOBSERVED`: all that could have been judged lies in observation gaps
 * - `NONE`: not created yet, deleted already, or still to come
 */
export const STRIP_STATUSES = ['OFFLINE', 'WARNING', 'ONLINE', 'UNOBSERVED', 'SUSPENDED', 'NEVER_SEEN', 'NONE'] as const
export type StripStatus = (typeof STRIP_STATUSES)[number]

/** A server's statuses from its creation on. */
export interface Timeline {
  /** The first one begins at the server's creation or before the range. */
  readonly statuses: readonly StatusFrom[]
  /** Nothing is to be shown from here on. */
  readonly until: Instant
}

/** The worst status in each bucket. `gaps`: merged. */
export function stripOf({ statuses, until }: Timeline, gaps: readonly Gap[], cut: Cut): StripStatus[] {
  const end = Math.min(cut.origin + cut.size * cut.widthMs, until)
  const ranks = new Uint8Array(cut.size).fill(STRIP_STATUSES.length - 1)
  const isTouched = touchedBy(gaps, cut)
  for (const span of spansOf(statuses, cut.origin, end)) {
    const shown = STRIP_STATUSES.indexOf(shownAs(span))
    const last = Math.min(Math.ceil((span.end - cut.origin) / cut.widthMs), cut.size)
    for (let bucket = Math.floor((span.begin - cut.origin) / cut.widthMs); bucket < last; bucket++) {
      if (shown >= (ranks[bucket] as number)) continue
      const begin = Math.max(span.begin, cut.origin + bucket * cut.widthMs)
      const length = Math.min(span.end, cut.origin + (bucket + 1) * cut.widthMs) - begin
      const hidden =
        isTouched[bucket] === 1 && shown <= WORST_UNJUDGED && coveredMs(gaps, begin, begin + length) >= length
      ranks[bucket] = Math.min(ranks[bucket] as number, hidden ? UNOBSERVED : shown)
    }
  }
  const strip: StripStatus[] = []
  for (const rank of ranks) strip.push(STRIP_STATUSES[rank] as StripStatus)
  return strip
}

/** 1 for each bucket in which a gap lies: a fleet has a million cells, and looks at the gaps of few. */
function touchedBy(gaps: readonly Gap[], cut: Cut): Uint8Array {
  const touched = new Uint8Array(cut.size)
  for (const { from, until } of gaps) {
    const first = Math.max(0, Math.floor((from - cut.origin) / cut.widthMs))
    touched.fill(1, first, Math.max(first, Math.ceil((until - cut.origin) / cut.widthMs)))
  }
  return touched
}

const UNOBSERVED = STRIP_STATUSES.indexOf('UNOBSERVED')

/** Below this a status is a judgement, which needs observation. */
const WORST_UNJUDGED = UNOBSERVED - 1

function shownAs({ status, reason }: StatusAndReason): StripStatus {
  return reason === 'NEVER_SEEN' || reason === 'SUSPENDED' ? reason : status
}

/** How many servers showed each status in one stretch of time, each counted once, at its worst. */
export type StripCounts = Readonly<Record<StripStatus, number>>

/** Adds up many servers' strips, bucket by bucket. */
export class StripTally {
  readonly #counts: Record<StripStatus, number>[]

  /** @param size how many buckets a strip has */
  constructor(size: number) {
    const none = () => Object.fromEntries(STRIP_STATUSES.map((status) => [status, 0])) as Record<StripStatus, number>
    this.#counts = Array.from({ length: size }, none)
  }

  get counts(): readonly StripCounts[] {
    return this.#counts
  }

  add(strip: readonly StripStatus[]): void {
    for (let bucket = 0; bucket < this.#counts.length; bucket++) {
      const [count, status] = [this.#counts[bucket], strip[bucket]]
      if (count && status) count[status]++
    }
  }
}
