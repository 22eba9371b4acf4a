import { checkStored, type Known } from './final-state.ts'
import type { Finding } from './finding.ts'
import { type Death, isExpiry, judge } from './judge.ts'
import { type Percentiles, percentilesOf } from './percentiles.ts'
import type { StoredServer } from './server-list.ts'
import type { FeedEvent, Story } from './story.ts'
import type { Terms } from './yardstick.ts'

/** What the hub was found to have done, over all servers. */
export interface Verdict {
  readonly findings: readonly Finding[]
  readonly events: {
    readonly total: number
    readonly offline: number
    /** OFFLINE to anything else. */
    readonly live: number
  }
  /** How many servers fell silent for longer than the limit and were told of, rightly. */
  readonly deaths: number
  readonly lag: {
    /** From the deadline, by the hub's clock, to being told. */
    readonly offline: Percentiles | null
    /** The part of it until the hub had decided. */
    readonly detection: Percentiles | null
    /** The same by our own clock only, from when the last heartbeat was sent: never less than it was. */
    readonly offlineByOwnClock: Percentiles | null
    /** From the heartbeat that ends a silence to being told. */
    readonly live: Percentiles | null
  }
}

export interface Evidence {
  readonly stories: Iterable<Story>
  readonly terms: Terms
  /** Added to our clock it gives the hub's. */
  readonly hubOffsetMs: number
  readonly known: ReadonlyMap<string, Known>
  readonly stored: ReadonlyMap<string, StoredServer>
}

/** The hub's times are cut off to whole milliseconds. */
const HUB_RESOLUTION_MS = 1

export function judgeAll({ stories, terms, hubOffsetMs, known, stored }: Evidence): Verdict {
  const findings: Finding[] = []
  const events: FeedEvent[] = []
  const deaths: Death[] = []
  for (const story of stories) {
    const judgement = judge(story, terms)
    findings.push(...judgement.findings)
    deaths.push(...judgement.deaths)
    events.push(...story.events)
    const before = known.get(story.serverId)
    if (before) findings.push(...checkStored(before, story, stored.get(story.serverId), terms))
  }

  const births = events.filter((event) => event.from === 'OFFLINE' && event.to !== 'OFFLINE')
  const lagOf = (event: FeedEvent) => event.receivedAt + hubOffsetMs - event.at
  return {
    findings,
    events: { total: events.length, offline: events.filter(isExpiry).length, live: births.length },
    deaths: deaths.length,
    lag: {
      offline: percentilesOf(deaths.map(({ event }) => lagOf(event))),
      detection: percentilesOf(deaths.map(({ event }) => event.detectedAt - event.at)),
      offlineByOwnClock: percentilesOf(
        deaths.filter((death) => isPlain(death, terms)).map((death) => ownLagOf(death, terms)),
      ),
      live: percentilesOf(births.map(lagOf)),
    },
  }
}

/** Whether the deadline follows from the last heartbeat alone, without a gap or an unanswered heartbeat in between. */
function isPlain({ event, silence }: Death, { offlineAfterMs }: Terms): boolean {
  return Math.abs(event.at - silence.from.recordedAt - offlineAfterMs) <= HUB_RESOLUTION_MS
}

function ownLagOf({ event, silence }: Death, { offlineAfterMs }: Terms): number {
  return event.receivedAt - (silence.from.sentAt + offlineAfterMs)
}
