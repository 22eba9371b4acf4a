import type { HubInstant } from './clock.ts'
import { type Finding, iso } from './finding.ts'
import type { StoredServer } from './server-list.ts'
import type { Status, Story } from './story.ts'
import type { Terms } from './yardstick.ts'

/** What was known of a server just before the hub was asked what it has stored. */
export interface Known {
  readonly heardAt: HubInstant | null
  readonly told: Status
}

export function knownOf({ last, events }: Pick<Story, 'last' | 'events'>): Known {
  return { heardAt: last?.recordedAt ?? null, told: events.at(-1)?.to ?? 'OFFLINE' }
}

/**
 * Whether the hub still has what it acknowledged, and shows what it told.
 *
 * @param before what was known before the hub was asked; the story is what is known since. The answer may stand for any
 *   moment in between.
 */
export function checkStored(
  before: Known,
  story: Story,
  stored: StoredServer | undefined,
  { ownClosedAt, closedAt }: Pick<Terms, 'ownClosedAt' | 'closedAt'>,
): Finding[] {
  const findings: Finding[] = []
  const newest = stored?.lastHeartbeatAt ?? null
  // A clock that was set back brings what then lies in the future to its now.
  const isSetBack = ownClosedAt !== undefined && before.heardAt !== null && before.heardAt > closedAt
  if (before.heardAt !== null && (newest ?? -Infinity) < before.heardAt && !(isSetBack && newest !== null)) {
    const proof = `acknowledged a heartbeat of ${iso(before.heardAt)}, but the newest stored is ${newest === null ? 'none' : iso(newest)}`
    findings.push({ fault: 'HEARTBEAT_LOST', server: story.name, proof })
  }
  const told = [before.told, knownOf(story).told]
  if (stored && !told.includes(stored.status)) {
    findings.push({
      fault: 'UNTOLD',
      server: story.name,
      proof: `shown as ${stored.status}, but last told to be ${before.told}`,
    })
  }
  return findings
}
