import type { HubInstant } from './clock.ts'
import { type Finding, iso } from './finding.ts'
import { checkOrder } from './judge-order.ts'
import type { FeedEvent, Silence, Story } from './story.ts'

/** An OFFLINE event that was right, and the silence that it told. */
export interface Death {
  readonly event: FeedEvent
  readonly silence: Silence
}

export interface Judgement {
  readonly findings: readonly Finding[]
  readonly deaths: readonly Death[]
}

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

/**
 * Compares what the hub said about one server with what happened to it.
 *
 * The truth is what was acknowledged: the hub itself said when each heartbeat arrived. An OFFLINE is right when it lies in a
 * silence that had reached the limit, once a silence. A silence clearly longer than the limit without an OFFLINE is a miss.
 * A heartbeat without an answer may or may not have counted: it excuses an event, and the lack of one.
 */
export function judge(story: Story, terms: Terms): Judgement {
  const { findings, events } = checkOrder(story)
  const found = (fault: Finding['fault'], proof: string) => findings.push({ fault, server: story.name, proof })
  const silences = allSilences(story)
  const deaths = new Map<Silence, Death>()
  let current: Death | undefined

  for (const event of events) {
    if (isExpiry(event)) {
      const silence = silences.find((candidate) => contains(candidate, event, terms))
      if (!silence) found('FALSE_OFFLINE', whyFalse(event, silences))
      else if (deaths.has(silence) && silence.doubtAt === null)
        found('DOUBLED', `${iso(event.at)}: OFFLINE again in one silence`)
      else deaths.set(silence, { event, silence })
      current = silence && deaths.get(silence)
    } else if (event.from === 'OFFLINE' && event.to !== 'OFFLINE') {
      if (!mayLive(story, current, event)) found('FALSE_ONLINE', `${event.to} at ${iso(event.at)} without a heartbeat`)
      current = undefined
    }
  }

  for (const silence of silences) {
    if (!deaths.has(silence) && mustDie(silence, terms)) found('MISSED_OFFLINE', whyMissed(silence, terms))
  }
  const back = returnOf(story, events, current)
  if (back !== null && terms.closedAt - back > terms.graceMs)
    found('MISSED_ONLINE', `still OFFLINE, though heard at ${iso(back)}`)
  return { findings, deaths: [...deaths.values()] }
}

export function isExpiry(event: FeedEvent): boolean {
  return event.to === 'OFFLINE' && event.reason === 'HEARTBEAT_EXPIRED'
}

/** Silences that ended, and the one since the last heartbeat. */
function allSilences({ silences, last, doubtAt }: Story): Silence[] {
  return last ? [...silences, { from: last, to: null, doubtAt }] : [...silences]
}

/**
 * Whether an OFFLINE belongs to this silence: not before the limit was reached by the hub's clock, not after a heartbeat ended
 * it, and not told before the limit was reached by our own clock, so that a hub with a wrong clock is found out too.
 */
function contains({ from, to }: Silence, event: FeedEvent, { offlineAfterMs, gaps }: Terms): boolean {
  const known = gaps.filter((gap) => gap.until <= event.detectedAt || gap.from + FENCE_MS < event.detectedAt)
  const silentMs = event.at - from.recordedAt - coveredMs(known, from.recordedAt, event.at)
  const ownSilentMs = event.receivedAt - from.sentAt
  return (
    silentMs >= offlineAfterMs - HUB_TOLERANCE_MS &&
    ownSilentMs >= offlineAfterMs * (1 - CLOCK_DRIFT) - HUB_TOLERANCE_MS &&
    (to === null || event.at <= to.recordedAt + HUB_TOLERANCE_MS)
  )
}

/** Whether the hub had to notice: silent for sure, and past the limit by more than the grace. */
function mustDie({ from, to, doubtAt }: Silence, { offlineAfterMs, graceMs, closedAt, gaps }: Terms): boolean {
  const since = Math.max(from.recordedAt, doubtAt ?? -Infinity)
  const until = to?.recordedAt ?? closedAt
  return until - since - coveredMs(gaps, since, until) > offlineAfterMs + graceMs
}

/** Whether a heartbeat is known, or may have come, that brought the server to life. */
function mayLive(story: Story, death: Death | undefined, event: FeedEvent): boolean {
  if (!death) return story.first !== null || story.doubtAt !== null
  const { to, doubtAt } = death.silence
  return doubtAt !== null || (to !== null && event.at >= to.recordedAt - HUB_TOLERANCE_MS)
}

/** When a server that was last told to be OFFLINE was heard again; null where it was not, or was OFFLINE for another reason. */
function returnOf({ first }: Story, events: readonly FeedEvent[], current: Death | undefined): HubInstant | null {
  if (events.length === 0) return first?.recordedAt ?? null
  if (!current || current.event !== events.at(-1)) return null
  return current.silence.to?.recordedAt ?? null
}

function coveredMs(gaps: readonly Gap[], from: HubInstant, until: HubInstant): number {
  return gaps.reduce((sum, gap) => sum + Math.max(0, Math.min(until, gap.until) - Math.max(from, gap.from)), 0)
}

function whyFalse(event: FeedEvent, silences: readonly Silence[]): string {
  const silence = silences.findLast(({ from }) => from.recordedAt <= event.at)
  if (!silence) return `OFFLINE at ${iso(event.at)}, though every heartbeat had been acknowledged in time`
  const end = silence.to ? ` and again at ${iso(silence.to.recordedAt)}` : ''
  return `OFFLINE at ${iso(event.at)}, though heard at ${iso(silence.from.recordedAt)}${end}`
}

function whyMissed({ from, to }: Silence, { closedAt }: Terms): string {
  return `silent from ${iso(from.recordedAt)} until ${to ? iso(to.recordedAt) : `the end at ${iso(closedAt)}`}, never told`
}
