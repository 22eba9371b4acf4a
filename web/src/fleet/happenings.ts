import { FEED_LENGTH, type FeedEntry } from '../api/feed-entries.ts'
import type { Gap } from '../api/fleet-source.ts'
import type { FleetRow } from '../api/fleet-store.ts'
import { happened, happenedBecause } from '../ui/change-words.ts'
import { clock, duration } from '../ui/durations.ts'
import { kindOf, type StatusKind } from '../ui/status.ts'
import { count, type Moment } from '../ui/words.ts'

/** So many additions are told one by one. */
const NAMED = 3

/** Something that happened, ready to be shown. */
export interface Happening {
  readonly key: string
  readonly at: number
  readonly mark: StatusKind | 'gap'
  readonly serverId: string | null
  readonly subject: string
  readonly predicate: string
  detail(moment: Moment): string
}

/**
 * Status changes keep the feed's order, which is the order in which they were found. Additions and gaps, which are no
 * status events, are put among them by their time, as far back as the feed reaches.
 */
export function happenings(
  feed: readonly FeedEntry[],
  rows: readonly FleetRow[],
  gaps: readonly Gap[],
): readonly Happening[] {
  // A feed that is not full is all that the log has: then they reach back as far as they are known.
  const oldest = feed.length < FEED_LENGTH ? -Infinity : (feed.at(-1)?.at ?? -Infinity)
  const added = additions(rows.filter((row) => row.reason === 'NEVER_SEEN' && row.createdAt >= oldest))
  const unobserved = gaps.filter((gap) => gap.until >= oldest).map(gapEnded)
  const others = [...added, ...unobserved].sort((a, b) => b.at - a.at)

  const merged: Happening[] = []
  for (const entry of feed) {
    while (others[0] && others[0].at > entry.at) merged.push(others.shift() as Happening)
    merged.push(change(entry))
  }
  return [...merged, ...others]
}

function change(entry: FeedEntry): Happening {
  return {
    key: entry.cursor,
    at: entry.at,
    mark: kindOf(entry.to, entry.reason),
    serverId: entry.serverId,
    subject: entry.serverName,
    predicate: happened(entry),
    detail: (moment) => happenedBecause(entry, moment),
  }
}

/** Many at once are one happening: they would push everything else out of sight. */
function additions(rows: readonly FleetRow[]): readonly Happening[] {
  if (rows.length <= NAMED) return rows.map(addition)
  return [
    {
      key: `added-${rows.length}`,
      at: Math.max(...rows.map((row) => row.createdAt)),
      mark: 'waiting',
      serverId: null,
      subject: count(rows.length, 'server'),
      predicate: 'were added',
      detail: () => 'waiting for their first heartbeat',
    },
  ]
}

function addition(row: FleetRow): Happening {
  return {
    key: `added-${row.id}`,
    at: row.createdAt,
    mark: 'waiting',
    serverId: row.id,
    subject: row.name,
    predicate: 'was added',
    detail: () => 'waiting for its first heartbeat',
  }
}

function gapEnded(gap: Gap): Happening {
  return {
    key: `gap-${gap.id}`,
    at: gap.until,
    mark: 'gap',
    serverId: null,
    subject: 'We heard nothing',
    predicate: `for ${duration(gap.until - gap.from)}`,
    detail: ({ now }) => `${clock(gap.from, now)} to ${clock(gap.until, now)}`,
  }
}
