import type { HubInstant, OwnInstant } from './clock.ts'
import type { Beat, FeedEvent, Silence } from './story.ts'

export interface Gap {
  readonly from: HubInstant
  readonly until: HubInstant
}

export interface Terms {
  readonly offlineAfterMs: number
  /** A silence that outlasts its deadline by no more than this may go either way: the heartbeat won the race, or did not. */
  readonly graceMs: number
  /** When the judging was closed. Everything that was due by then must have been told. */
  readonly closedAt: HubInstant
  /** When the hub could not hear, by its own account. They do not overlap. */
  readonly gaps: readonly Gap[]
  /** Set where the database's clock is moved during the run: when the judging was closed by our own clock. */
  readonly ownClosedAt?: OwnInstant | undefined
}

/** How long something lasted, and whether one thing was before another. */
export interface Yardstick {
  /** Whether an OFFLINE belongs to this silence: not before the limit was reached, not after a heartbeat ended it. */
  contains(silence: Silence, event: FeedEvent): boolean
  /** Whether the hub had to notice: silent for sure, and past the limit by more than the grace. */
  mustDie(silence: Silence): boolean
  /** Whether the event may tell of this heartbeat. */
  isFrom(beat: Beat, event: FeedEvent): boolean
  /** Whether what this heartbeat brought must have been told. */
  isOverdue(beat: Beat): boolean
}

/** The hub's times are cut off to whole milliseconds: two of them compared may be off by one. */
const HUB_TOLERANCE_MS = 1

/**
 * A gap begins at the hub's last sign of life, and the hub may have lived, and judged, for a little after it: so long after
 * its last sign it must not judge any more.
 */
const FENCE_MS = 1_000

/** Our clock and the hub's may run apart by 1 part in 1,000: more than any clock discipline slews. */
const CLOCK_DRIFT = 0.001

export function yardstickFor(terms: Terms): Yardstick {
  return terms.ownClosedAt === undefined ? byHubClock(terms) : byOwnClock(terms, terms.ownClosedAt)
}

/** Exact to the millisecond: the hub itself said when each heartbeat arrived, and when each change became true. */
function byHubClock({ offlineAfterMs, graceMs, closedAt, gaps }: Terms): Yardstick {
  return {
    contains({ from, to }, event) {
      const known = gaps.filter((gap) => gap.until <= event.detectedAt || gap.from + FENCE_MS < event.detectedAt)
      const silentMs = event.at - from.recordedAt - coveredMs(known, from.recordedAt, event.at)
      return (
        silentMs >= offlineAfterMs - HUB_TOLERANCE_MS &&
        // Not told before the limit by our own clock either, so that a hub with a wrong clock is found out too.
        event.receivedAt - from.sentAt >= leastOwnMs(offlineAfterMs) &&
        (to === null || event.at <= to.recordedAt + HUB_TOLERANCE_MS)
      )
    },
    mustDie({ from, to, doubtAt }) {
      const since = Math.max(from.recordedAt, doubtAt ?? -Infinity)
      const until = to?.recordedAt ?? closedAt
      return until - since - coveredMs(gaps, since, until) > offlineAfterMs + graceMs
    },
    isFrom: (beat, event) => event.at >= beat.recordedAt - HUB_TOLERANCE_MS,
    isOverdue: (beat) => closedAt - beat.recordedAt > graceMs,
  }
}

/**
 * Where the hub's clock is moved, its times cannot be compared: what was sent, answered and received by our own clock must
 * do. It says less, for it does not know how long a gap was: the grace must cover them.
 */
function byOwnClock({ offlineAfterMs, graceMs }: Terms, closedAt: OwnInstant): Yardstick {
  const leastMs = leastOwnMs(offlineAfterMs)
  return {
    contains: ({ from, to }, event) =>
      event.receivedAt - from.sentAt >= leastMs && (to === null || to.ackedAt - from.sentAt >= leastMs),
    mustDie: ({ from, to, doubtAt }) =>
      doubtAt === null && (to?.sentAt ?? closedAt) - from.ackedAt > offlineAfterMs + graceMs,
    isFrom: (beat, event) => event.receivedAt >= beat.sentAt,
    isOverdue: (beat) => closedAt - beat.ackedAt > graceMs,
  }
}

function leastOwnMs(offlineAfterMs: number): number {
  return offlineAfterMs * (1 - CLOCK_DRIFT) - HUB_TOLERANCE_MS
}

function coveredMs(gaps: readonly Gap[], from: HubInstant, until: HubInstant): number {
  return gaps.reduce((sum, gap) => sum + Math.max(0, Math.min(until, gap.until) - Math.max(from, gap.from)), 0)
}
