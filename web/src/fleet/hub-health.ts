import { clock, duration } from '../ui/durations.ts'
import { tenths } from '../ui/numbers.ts'
import { count } from '../ui/words.ts'

/** How one hub fares, as it tells of itself. */
export interface HubFacts {
  readonly name: string
  readonly isLive: boolean
  readonly isSelf: boolean
  readonly leads: boolean
  readonly heartbeatsPerSecond: number
  /** Null where no status changed lately. */
  readonly feedLagMs: number | null
  /** Null while heartbeats are written as they come. */
  readonly backlogMs: number | null
  readonly stampedAt: number
}

export interface HealthFact {
  readonly name: string
  readonly value: string
  readonly more: string
  /** Not as it should be. */
  readonly wrong?: boolean
}

/** From a status change to its hand-over: what the hub promises. */
const FEED_LAG_LIMIT_MS = 100
const DAY_MS = 86_400_000

/** 2 instances, hub-a leads. */
export function hubsInWords(hubs: readonly HubFacts[]): string {
  const live = hubs.filter(({ isLive }) => isLive)
  const leader = live.find(({ leads }) => leads)
  const instances = count(live.length, 'instance')
  if (!leader) return `${instances}, none leads`
  return live.length === 1 ? instances : `${instances}, ${leader.name} leads`
}

/**
 * What is known of the hubs themselves: whether they keep up, and how much of the last day they could observe.
 *
 * @param since when the first server was added: before that there was nothing to observe. Null where there is none.
 */
export function healthFacts(
  hubs: readonly HubFacts[],
  gaps: readonly { readonly from: number; readonly until: number }[],
  { now, since }: { readonly now: number; readonly since: number | null },
): readonly HealthFact[] {
  const live = hubs.filter(({ isLive }) => isLive)
  const perSecond = live.reduce((sum, hub) => sum + hub.heartbeatsPerSecond, 0)
  return [
    { name: 'Heartbeats', value: `${tenths(perSecond)}\u00a0/\u00a0s`, more: '' },
    feedLag(live),
    backlog(live),
    observed(gaps, now, since),
    ...hubs.filter(({ isLive }) => !isLive).map((hub) => silentHub(hub, now)),
  ]
}

function feedLag(live: readonly HubFacts[]): HealthFact {
  const lags = live.flatMap(({ feedLagMs }) => feedLagMs ?? [])
  const name = 'Change to subscriber'
  if (lags.length === 0) return { name, value: '–', more: 'no change in 10\u00a0s' }
  const most = Math.max(...lags)
  return {
    name,
    value: `${Math.ceil(most)}\u00a0ms`,
    more: `limit ${FEED_LAG_LIMIT_MS}`,
    wrong: most > FEED_LAG_LIMIT_MS,
  }
}

function backlog(live: readonly HubFacts[]): HealthFact {
  const waits = live.flatMap(({ backlogMs }) => backlogMs ?? [])
  const name = 'Waiting to be stored'
  if (waits.length === 0) return { name, value: 'none', more: '' }
  return { name, value: `${Math.ceil(Math.max(...waits))}\u00a0ms`, more: 'the oldest heartbeat', wrong: true }
}

function observed(
  gaps: readonly { readonly from: number; readonly until: number }[],
  now: number,
  since: number | null,
): HealthFact {
  const name = 'Observed, 24\u00a0h'
  if (since === null) return { name, value: '–', more: 'no server yet' }
  const from = Math.max(now - DAY_MS, Math.min(since, now))
  const inside = gaps.filter((gap) => gap.until > from)
  const ms = inside.reduce((sum, gap) => sum + gap.until - Math.max(gap.from, from), 0)
  // Rounded down: what was not observed is not rounded away.
  const percent = ms === 0 ? '100' : (Math.floor((1 - ms / (now - from)) * 10_000) / 100).toFixed(2)
  const notes = [
    ...(inside.length > 0 ? [`${count(inside.length, 'gap')}, ${duration(ms)}`] : []),
    ...(from > now - DAY_MS ? [`since ${clock(from, now)}`] : []),
  ]
  return { name, value: `${percent}\u00a0%`, more: notes.join('; ') }
}

function silentHub({ name, stampedAt }: HubFacts, now: number): HealthFact {
  return { name, value: 'not heard', more: `since ${clock(stampedAt, now)}`, wrong: true }
}
