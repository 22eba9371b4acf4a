import { type Finding, iso } from './finding.ts'
import { checkOrder } from './judge-order.ts'
import type { Beat, FeedEvent, Silence, Story } from './story.ts'
import { type Terms, type Yardstick, yardstickFor } from './yardstick.ts'

/** An OFFLINE event that was right, and the silence that it told. */
export interface Death {
  readonly event: FeedEvent
  readonly silence: Silence
}

export interface Judgement {
  readonly findings: readonly Finding[]
  readonly deaths: readonly Death[]
}

/**
 * Compares what the hub said about one server with what happened to it.
 *
 * The truth is what was acknowledged: the hub itself said when each heartbeat arrived. An OFFLINE is right when it lies in a
 * silence that had reached the limit, once a silence. A silence clearly longer than the limit without an OFFLINE is a miss.
 * A heartbeat without an answer may or may not have counted: it excuses an event, and the lack of one.
 */
export function judge(story: Story, terms: Terms): Judgement {
  const yardstick = yardstickFor(terms)
  const { findings, events } = checkOrder(story, terms.ownClosedAt === undefined ? 'hub' : 'own')
  const found = (fault: Finding['fault'], proof: string) => findings.push({ fault, server: story.name, proof })
  const silences = allSilences(story)
  const deaths = new Map<Silence, Death>()
  let current: Death | undefined

  for (const event of events) {
    if (isExpiry(event)) {
      const silence = silences.findLast((candidate) => yardstick.contains(candidate, event))
      if (!silence) found('FALSE_OFFLINE', whyFalse(event, silences))
      else if (deaths.has(silence) && silence.doubtAt === null)
        found('DOUBLED', `${iso(event.at)}: OFFLINE again in one silence`)
      else deaths.set(silence, { event, silence })
      current = silence && deaths.get(silence)
    } else if (event.from === 'OFFLINE' && event.to !== 'OFFLINE') {
      if (!mayLive(story, current, event, yardstick))
        found('FALSE_ONLINE', `${event.to} at ${iso(event.at)} without a heartbeat`)
      current = undefined
    }
  }

  for (const silence of silences) {
    if (deaths.has(silence) || !yardstick.mustDie(silence)) continue
    if (!(isSpent(silence.from, terms) && wasOffline(events, silence.from))) {
      found('MISSED_OFFLINE', whyMissed(silence, terms))
    }
  }
  const back = returnOf(story, events, current)
  if (back !== null && yardstick.isOverdue(back) && !isSpent(back, terms))
    found('MISSED_ONLINE', `still OFFLINE, though heard at ${iso(back.recordedAt)}`)
  return { findings, deaths: [...deaths.values()] }
}

/**
 * A heartbeat whose answer took longer than the limit may have been written when it was too old to bring anybody back: a
 * hub that is that slow leaves whoever was OFFLINE as it was.
 */
function isSpent({ sentAt, ackedAt }: Beat, { offlineAfterMs }: Terms): boolean {
  return ackedAt - sentAt > offlineAfterMs
}

function wasOffline(events: readonly FeedEvent[], { recordedAt }: Beat): boolean {
  return events.findLast(({ at }) => at <= recordedAt)?.to === 'OFFLINE'
}

export function isExpiry(event: FeedEvent): boolean {
  return event.to === 'OFFLINE' && event.reason === 'HEARTBEAT_EXPIRED'
}

/** Silences that ended, and the one since the last heartbeat. */
function allSilences({ silences, last, doubtAt }: Story): Silence[] {
  return last ? [...silences, { from: last, to: null, doubtAt }] : [...silences]
}

/** Whether a heartbeat is known, or may have come, that brought the server to life. */
function mayLive(story: Story, death: Death | undefined, event: FeedEvent, yardstick: Yardstick): boolean {
  if (!death) return story.first !== null || story.doubtAt !== null
  const { to, doubtAt } = death.silence
  return doubtAt !== null || (to !== null && yardstick.isFrom(to, event))
}

/** How a server that was last told to be OFFLINE was heard again; null where it was not, or was OFFLINE for another reason. */
function returnOf({ first }: Story, events: readonly FeedEvent[], current: Death | undefined): Beat | null {
  if (events.length === 0) return first
  if (!current || current.event !== events.at(-1)) return null
  return current.silence.to
}

function whyFalse(event: FeedEvent, silences: readonly Silence[]): string {
  const silence = silences.findLast(({ from }) => from.recordedAt <= event.at)
  if (!silence) return `OFFLINE at ${iso(event.at)}, though every heartbeat had been acknowledged in time`
  const end = silence.to ? ` and again at ${iso(silence.to.recordedAt)}` : ''
  return `OFFLINE at ${iso(event.at)}, though heard at ${iso(silence.from.recordedAt)}${end}`
}

function whyMissed({ from, to }: Silence, { closedAt }: Terms): string {
  const answeredIn = Math.round(from.ackedAt - from.sentAt)
  const until = to ? iso(to.recordedAt) : `the end at ${iso(closedAt)}`
  return `silent from ${iso(from.recordedAt)} (answered after ${answeredIn} ms) until ${until}, never told`
}
