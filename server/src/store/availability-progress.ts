import type { Instant, ServerId } from '../core/types.ts'
import { ms, timestamp } from './instant.ts'
import type { Queryable } from './transaction.ts'

/** How far availability is summed, and what was known by then. */
export interface Progress {
  readonly now: Instant
  /** Of all servers. */
  readonly through: Instant
  /** Where this round goes to; null between two rounds. */
  readonly target: Instant | null
  readonly nextServer: ServerId
  readonly eventId: number
  readonly gapId: number
}

/** What was recorded since the newest event and gap that the sums know of, of a time that is summed. */
export interface Late {
  /** The first such event of each server. */
  readonly events: ReadonlyMap<ServerId, Instant>
  /** Where the first such gap began, or the present, where the clock was set back behind what is summed. */
  readonly ofAll: Instant | null
}

export async function readProgress(tx: Queryable): Promise<Progress> {
  const { rows } = await tx.query<Progress>(
    `select ${ms('statement_timestamp()')} as now, ${ms('through')} as through, ${ms('target')} as target,
       next_server as "nextServer", event_id as "eventId", gap_id as "gapId" from availability_progress`,
  )
  return rows[0] as Progress
}

/**
 * Ids of events are in the order of their commits, and so are those of gaps, which are recorded under the stamp's lock. So
 * what is late is found among the newest ids, without a look at the others. (The ids go as parameters for that: from a
 * subquery the planner could not tell how few they are.)
 */
export async function readLate(tx: Queryable, { now, through, target, eventId, gapId }: Progress): Promise<Late> {
  const summed = Math.max(through, target ?? through)
  const events = await tx.query<{ id: ServerId; at: Instant }>(
    `select server_id as id, ${ms('min(at)')} as at from status_event
     where id > $1::bigint and at < ${timestamp('$2')} group by server_id`,
    [eventId, summed],
  )
  const gaps = await tx.query<{ at: Instant | null }>(
    `select ${ms('min(from_at)')} as at from observation_gap where id > $1 and from_at < ${timestamp('$2')}`,
    [gapId, summed],
  )
  const [gapAt, steppedTo] = [gaps.rows[0]?.at ?? Infinity, now < summed ? now : Infinity]
  const ofAll = Math.min(gapAt, steppedTo)
  return {
    events: new Map(events.rows.map(({ id, at }) => [id, at])),
    ofAll: ofAll === Infinity ? null : ofAll,
  }
}

/** Takes the sums away that lie behind what is late, so that they are made again; and knows of everything up to now. */
export async function forgetLate(tx: Queryable): Promise<Progress> {
  // Before anything is looked for: what is recorded meanwhile is late next time.
  const known = await tx.query<{ eventId: number; gapId: number }>(
    `select coalesce((select max(id) from status_event), 0) as "eventId",
       coalesce((select max(id) from observation_gap), 0) as "gapId"`,
  )
  const progress = await readProgress(tx)
  const { events, ofAll } = await readLate(tx, progress)
  if (events.size > 0) {
    await tx.query(
      `delete from availability_sum s using unnest($1::int[], $2::float8[]) as late (id, at_ms)
       where s.server_id = late.id and s.at > ${timestamp('late.at_ms')}`,
      [[...events.keys()], [...events.values()]],
    )
  }
  if (ofAll !== null) await tx.query(`delete from availability_sum where at > ${timestamp('$1')}`, [ofAll])
  await tx.query(
    'update availability_progress set event_id = greatest(event_id, $1::bigint), gap_id = greatest(gap_id, $2)',
    [known.rows[0]?.eventId, known.rows[0]?.gapId],
  )
  const first = Math.min(ofAll ?? Infinity, ...events.values())
  if (first === Infinity) return progress
  await tx.query(
    `update availability_progress set through = least(through, date_trunc('hour', ${timestamp('$1')})), target = null, next_server = 0`,
    [first],
  )
  return readProgress(tx)
}
