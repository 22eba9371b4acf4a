import { type Finding, iso } from './finding.ts'
import type { FeedEvent, Story } from './story.ts'

/**
 * Looks at the events of one server as a chain: each told once, in order, and each beginning where the one before it ended.
 *
 * @param clock whose times order them: the hub's, or our own where the hub's clock is moved
 * @returns what is wrong, and the events in the order in which they happened, without the doubled ones.
 */
export function checkOrder(
  story: Pick<Story, 'name' | 'events'>,
  clock: 'hub' | 'own' = 'hub',
): { findings: Finding[]; events: FeedEvent[] } {
  const timeOf = (event: FeedEvent) => (clock === 'hub' ? event.at : event.receivedAt)
  const findings: Finding[] = []
  const found = (fault: Finding['fault'], proof: string) => findings.push({ fault, server: story.name, proof })

  const once = new Map<string, FeedEvent>()
  let newestAt = -Infinity
  for (const event of story.events) {
    if (once.has(event.cursor)) found('DOUBLED', `${nameOf(event)} came twice with the cursor ${event.cursor}`)
    else if (timeOf(event) < newestAt) found('OUT_OF_ORDER', `${nameOf(event)} came after an event of ${iso(newestAt)}`)
    once.set(event.cursor, event)
    newestAt = Math.max(newestAt, timeOf(event))
  }

  const events: FeedEvent[] = []
  for (const event of [...once.values()].sort((a, b) => timeOf(a) - timeOf(b))) {
    const before = events.at(-1) ?? NEVER_SEEN
    const isSame = event.to === before.to && event.reason === before.reason
    if (isSame && (event.at === before.at || event.from === before.to)) {
      found('DOUBLED', `${nameOf(event)} says what the event before it said`)
      continue
    }
    if (event.from !== null && event.from !== before.to) {
      found('LOST', `${nameOf(event)} begins at ${event.from}, but the event before it ended at ${before.to}`)
    }
    events.push(event)
  }
  return { findings, events }
}

/** How each simulated server begins: no event is told of it. */
const NEVER_SEEN = { to: 'OFFLINE', reason: 'NEVER_SEEN', at: -Infinity }

function nameOf(event: FeedEvent): string {
  return `${event.to}/${event.reason} of ${iso(event.at)}`
}
