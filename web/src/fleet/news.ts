import type { FeedEntry } from '../api/feed-entries.ts'
import { happenedBecause } from '../ui/change-words.ts'
import { clock, duration } from '../ui/durations.ts'
import { kindOf } from '../ui/status.ts'
import { count, sentence } from '../ui/words.ts'

/** Two limits of silence do not end in the same second, even where one cable was cut. */
const AT_ONCE_MS = 60_000

export interface News {
  readonly said: string
  readonly more: string
  /** Where it is seen. */
  readonly to: string
}

/**
 * What went OFFLINE, as one message: by name where it is one server; several by number, with the tag that they share.
 * Undefined where none did, or all are back already.
 */
export function toastOf(
  changes: readonly FeedEntry[],
  tagsOf: (serverId: string) => readonly string[],
): News | undefined {
  const last = new Map([...changes].sort((a, b) => a.at - b.at).map((change) => [change.serverId, change]))
  const silent = [...last.values()].filter(({ to, reason }) => kindOf(to, reason) === 'offline')
  const [first] = silent
  if (!first) return undefined
  if (silent.length === 1) {
    const why = happenedBecause(first, { now: first.at, live: true })
    return { said: `${first.serverName} went OFFLINE`, more: sentence(why), to: `/servers/${first.serverId}` }
  }
  const tag = sharedTag(silent.map(({ serverId }) => tagsOf(serverId)))
  const times = silent.map(({ at }) => at)
  return {
    said: `${count(silent.length, 'server')}${tag ? ` in ${tag}` : ''} went OFFLINE`,
    more: together(Math.min(...times), Math.max(...times)),
    to: tag ? `/servers?status=offline&tags=${encodeURIComponent(tag)}` : '/servers?status=offline',
  }
}

/** What fell silent at one time shares a cause. After a page that slept, hours may lie between. */
function together(first: number, last: number): string {
  if (last - first > AT_ONCE_MS) return `The first at ${clock(first, last)}, the last at ${clock(last, last)}.`
  const within = duration(Math.max(1_000, last - first))
  return `Within ${within} of each other: more likely the network than the servers.`
}

/** The last of the tags that all have: tags go from the general to the particular more often than the other way. */
function sharedTag(all: readonly (readonly string[])[]): string | undefined {
  const [first = [], ...others] = all
  return first.filter((tag) => others.every((tags) => tags.includes(tag))).at(-1)
}
