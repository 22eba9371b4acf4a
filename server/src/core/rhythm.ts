import { observedSilenceMs } from './gaps.ts'
import type { Gap, Instant } from './types.ts'

/** A heartbeat as it arrived, with what its agent said of itself. */
export interface HeardBeat {
  readonly at: Instant
  /** When the server was heard before that, on whichever hub; null where it never was. */
  readonly previousAt: Instant | null
  readonly retries: number
  /** The machine's boot, as a number that differs for every two; 0 where the agent does not say. */
  readonly boot: number
  /** When the agent started, in whole seconds since 1970; 0 where it does not say. */
  readonly agentStartedAt: number
  /** How far the machine's clock is ahead of the database's; null where the agent does not say. */
  readonly skewMs: number | null
}

/** A heartbeat that is kept for a while, to be shown. */
export type RecentBeat = Pick<HeardBeat, 'at' | 'previousAt' | 'retries'>

/** What was out of the ordinary in one hour; hours without anything are not kept. */
export interface RhythmHour {
  /** Whole hours since 1970. */
  readonly hour: number
  missedSlots: number
  nearMisses: number
  retries: number
  reboots: number
  agentRestarts: number
}

/** One agent, and from when until when it was heard. Two whose times overlap share a token. */
export interface AgentSpan {
  readonly boot: number
  readonly agentStartedAt: number
  readonly firstAt: Instant
  readonly lastAt: Instant
}

/** What is kept of a server's heartbeats: a few hundred bytes, however many there were. */
export interface Rhythm {
  /** The first heartbeat that was counted; null before. */
  readonly sinceAt: Instant | null
  /** Oldest first. */
  readonly recent: readonly RecentBeat[]
  readonly hours: readonly RhythmHour[]
  /** The last heard first. */
  readonly agents: readonly AgentSpan[]
  readonly skewMs: number | null
}

/** What gaps are measured by. */
export interface RhythmRule {
  /** The server's limit of silence. */
  readonly limitMs: number
  /** Observation gaps: what nobody could have heard is not held against the server. */
  readonly gaps: readonly Gap[]
}

export const NO_RHYTHM: Rhythm = { sinceAt: null, recent: [], hours: [], agents: [], skewMs: null }

/** At one heartbeat in 30 s these are 24 minutes. */
const MAX_RECENT = 48
const MAX_AGENTS = 6
const HOUR_MS = 3_600_000
/** For how many hours figures are kept: a whole day, whatever the minute. */
const KEPT_HOURS = 25

/** A gap of this share of the limit was a near miss: 45 s of 60. */
const NEAR_MISS_SHARE = 0.75

/** Fewer gaps than these do not tell an interval. */
const MIN_GAPS_OF_INTERVAL = 5

/** Whether a gap came close to the limit, and stayed within it. */
export function isNearMiss(observedGapMs: number, limitMs: number): boolean {
  return observedGapMs >= NEAR_MISS_SHARE * limitMs && observedGapMs <= limitMs
}

/** The gap before a heartbeat, less what nobody could have heard in it; null before the first one. */
export function observedGapMs({ previousAt, at }: RecentBeat, gaps: readonly Gap[]): number | null {
  return previousAt === null ? null : observedSilenceMs(previousAt, gaps, at)
}

/** The usual time between heartbeats: the median of the recent gaps within the limit. Null where there are too few. */
export function usualIntervalMs(recent: readonly RecentBeat[], { limitMs, gaps }: RhythmRule): number | null {
  const lengths = recent
    .map((beat) => observedGapMs(beat, gaps))
    .filter((gap): gap is number => gap !== null && gap <= limitMs)
    .sort((a, b) => a - b)
  if (lengths.length < MIN_GAPS_OF_INTERVAL) return null
  return lengths[lengths.length >> 1] ?? null
}

/**
 * The rhythm with these heartbeats added, in whatever order they come: hubs tell theirs at their own times.
 *
 * Each gap is between two heartbeats that the database named, so no hub needs to know what another heard.
 */
export function addBeats(rhythm: Rhythm, beats: readonly HeardBeat[], rule: RhythmRule): Rhythm {
  if (beats.length === 0) return rhythm
  const ordered = beats.toSorted((a, b) => a.at - b.at)
  const first = ordered[0] as HeardBeat
  const last = ordered.at(-1) as HeardBeat
  const recent = [...rhythm.recent, ...ordered.map(({ at, previousAt, retries }) => ({ at, previousAt, retries }))]
    .sort((a, b) => a.at - b.at)
    .slice(-MAX_RECENT)

  const intervalMs = usualIntervalMs(recent, rule)
  const hours = new Hours(rhythm.hours)
  const agents = rhythm.agents.map((span) => ({ ...span }))
  for (const beat of ordered) {
    hours.add(beat.at, { ...judgeGap(beat, intervalMs, rule), retries: beat.retries, ...meetAgent(agents, beat) })
  }
  return {
    sinceAt: Math.min(rhythm.sinceAt ?? first.at, first.at),
    recent,
    hours: hours.until(last.at),
    agents: agents.sort((a, b) => b.lastAt - a.lastAt).slice(0, MAX_AGENTS),
    skewMs: ordered.findLast((beat) => beat.skewMs !== null)?.skewMs ?? rhythm.skewMs,
  }
}

/** When two agents were last heard that overlap in time; null where none do. One of a reboot or a restart ends before the next begins. */
export function sharedTokenAt(agents: readonly AgentSpan[]): Instant | null {
  let latest: Instant | null = null
  for (const [i, a] of agents.entries()) {
    for (const b of agents.slice(i + 1)) {
      const until = Math.min(a.lastAt, b.lastAt)
      if (Math.max(a.firstAt, b.firstAt) < until) latest = Math.max(latest ?? until, until)
    }
  }
  return latest
}

type Count = Omit<RhythmHour, 'hour'>

/** The day's hours added up. */
export function sumSince(hours: readonly RhythmHour[], since: Instant): Count {
  const sum: Count = { missedSlots: 0, nearMisses: 0, retries: 0, reboots: 0, agentRestarts: 0 }
  for (const { hour, ...count } of hours) {
    if (hour * HOUR_MS >= since) addTo(sum, count)
  }
  return sum
}

/** The hour's beginning from which on a day is counted. */
export function dayStart(now: Instant): Instant {
  return (Math.floor(now / HOUR_MS) - KEPT_HOURS + 2) * HOUR_MS
}

function judgeGap(beat: HeardBeat, intervalMs: number | null, { limitMs, gaps }: RhythmRule): Partial<Count> {
  const gap = observedGapMs(beat, gaps)
  if (gap === null) return {}
  return {
    nearMisses: isNearMiss(gap, limitMs) ? 1 : 0,
    missedSlots: intervalMs === null || intervalMs === 0 ? 0 : Math.max(0, Math.round(gap / intervalMs) - 1),
  }
}

interface MutableSpan {
  readonly boot: number
  agentStartedAt: number
  firstAt: Instant
  lastAt: Instant
}

/** Notes who sent a heartbeat. A boot that is new is a reboot, a start that is new in the same boot is a restart. */
function meetAgent(agents: MutableSpan[], { at, boot, agentStartedAt }: HeardBeat): Partial<Count> {
  if (boot === 0) return {}
  const sameBoot = agents.filter((span) => span.boot === boot)
  // A single call from the shell does not say when its agent started: it belongs to the machine.
  const same =
    sameBoot.find((span) => span.agentStartedAt === agentStartedAt) ??
    sameBoot.find((span) => span.agentStartedAt === 0 || agentStartedAt === 0)
  if (same) {
    same.firstAt = Math.min(same.firstAt, at)
    same.lastAt = Math.max(same.lastAt, at)
    if (same.agentStartedAt === 0) same.agentStartedAt = agentStartedAt
    return {}
  }
  const isFirst = agents.length === 0
  agents.push({ boot, agentStartedAt, firstAt: at, lastAt: at })
  if (isFirst) return {}
  return sameBoot.length > 0 ? { agentRestarts: 1 } : { reboots: 1 }
}

/** The hours, by number. */
class Hours {
  readonly #hours: Map<number, RhythmHour>

  constructor(hours: readonly RhythmHour[]) {
    this.#hours = new Map(hours.map((hour) => [hour.hour, { ...hour }]))
  }

  add(at: Instant, count: Partial<Count>): void {
    if (!Object.values(count).some((figure) => figure > 0)) return
    const number = Math.floor(at / HOUR_MS)
    let hour = this.#hours.get(number)
    if (!hour) {
      hour = { hour: number, missedSlots: 0, nearMisses: 0, retries: 0, reboots: 0, agentRestarts: 0 }
      this.#hours.set(number, hour)
    }
    addTo(hour, count)
  }

  until(at: Instant): RhythmHour[] {
    const oldest = Math.floor(at / HOUR_MS) - KEPT_HOURS
    return [...this.#hours.values()].filter(({ hour }) => hour > oldest).sort((a, b) => a.hour - b.hour)
  }
}

function addTo(sum: Count, count: Partial<Count>): void {
  sum.missedSlots += count.missedSlots ?? 0
  sum.nearMisses += count.nearMisses ?? 0
  sum.retries += count.retries ?? 0
  sum.reboots += count.reboots ?? 0
  sum.agentRestarts += count.agentRestarts ?? 0
}
