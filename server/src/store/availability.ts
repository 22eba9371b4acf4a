import { type Availability, availabilityOf } from '../core/availability.ts'
import {
  type AvailabilitySum,
  availabilityOfParts,
  between,
  endingAt,
  type Lengths,
} from '../core/availability-sums.ts'
import type { Instant, ServerId } from '../core/types.ts'
import { readLate, readProgress } from './availability-progress.ts'
import { ms, timestamp } from './instant.ts'
import { readNow } from './server-row.ts'
import type { Store } from './store.ts'
import { readGaps, readTimelines, type ServerRange } from './timelines.ts'
import { inSnapshot, type Queryable } from './transaction.ts'

/**
 * Availability of each of these servers over one range of time: the difference of two sums, and what lies before the first
 * and after the last of them, told by events. Where there are no sums it is told by events alone, and is the same.
 *
 * The number of statements does not depend on that of the servers.
 */
export async function readAvailability(
  store: Store,
  ids: readonly ServerId[],
  from: Instant,
  end: Instant,
): Promise<Map<ServerId, Availability>> {
  // What is to come is neither alive nor offline.
  const to = Math.max(from, Math.min(end, await readNow(store)))
  const [summed, ranges, timelines, gaps] = await inSnapshot(store.pool, async (tx) => {
    const summed = await readSummed(tx, ids, from, to)
    const ranges = ids.flatMap((id) => rangesBeside(summed.get(id), { id, from, to }))
    return [summed, ranges, await readTimelines(tx, ranges), await readGaps(tx, from, to)] as const
  })
  const parts = new Map<ServerId, Lengths[]>()
  for (const [i, range] of ranges.entries()) {
    const timeline = timelines[i]
    if (!timeline) continue
    const statuses = endingAt(timeline.statuses, timeline.until)
    const beside = parts.get(range.id) ?? []
    beside.push(availabilityOf(statuses, gaps, range.from, range.to))
    parts.set(range.id, beside)
  }
  return new Map(
    [...parts].map(([id, beside]) => {
      const inside = summed.get(id)
      const all = inside ? [...beside, between(inside.first, inside.last)] : beside
      return [id, availabilityOfParts(all, from, to)]
    }),
  )
}

interface Inside {
  readonly first: AvailabilitySum
  readonly last: AvailabilitySum
}

/** What no sum tells; one range at least, so that each server is looked up. */
function rangesBeside(inside: Inside | undefined, whole: ServerRange): ServerRange[] {
  if (!inside) return [whole]
  return [
    { ...whole, to: inside.first.at },
    { ...whole, from: inside.last.at },
  ]
}

interface SummedRow {
  readonly id: ServerId
  readonly firstAt: Instant
  readonly firstAlive: number
  readonly firstOffline: number
  readonly firstUnobserved: number
  readonly lastAt: Instant
  readonly lastAlive: number
  readonly lastOffline: number
  readonly lastUnobserved: number
}

const SUM = (name: string) => `${ms(`${name}.at`)} as "${name}At", ${name}.alive_ms as "${name}Alive",
  ${name}.offline_ms as "${name}Offline", ${name}.unobserved_ms as "${name}Unobserved"`

const SUMMED = `
  select wanted.id, ${SUM('first')}, ${SUM('last')}
  from unnest($1::int[]) as wanted (id)
    cross join lateral (
      select * from availability_sum where server_id = wanted.id and at >= ${timestamp('$2')} order by at limit 1) first
    cross join lateral (
      select * from availability_sum where server_id = wanted.id and at <= ${timestamp('$3')} order by at desc limit 1) last
  where first.at < last.at`

/** The first and the last sum in the range, but for servers of which something is known that their sums do not hold. */
async function readSummed(
  tx: Queryable,
  ids: readonly ServerId[],
  from: Instant,
  to: Instant,
): Promise<Map<ServerId, Inside>> {
  const { events, ofAll } = await readLate(tx, await readProgress(tx))
  if (ofAll !== null) return new Map()
  const values = [ids.filter((id) => !events.has(id)), from, to]
  const { rows } = await tx.query<SummedRow>({ name: 'availability-sums', text: SUMMED, values })
  return new Map(
    rows.map((row) => [
      row.id,
      {
        first: sum(row.firstAt, row.firstAlive, row.firstOffline, row.firstUnobserved),
        last: sum(row.lastAt, row.lastAlive, row.lastOffline, row.lastUnobserved),
      },
    ]),
  )
}

function sum(at: Instant, aliveMs: number, offlineMs: number, unobservedMs: number): AvailabilitySum {
  return { at, aliveMs, offlineMs, unobservedMs }
}
