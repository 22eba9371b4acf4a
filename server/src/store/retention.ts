import type { Resolution } from '../core/series.ts'
import type { MetricRetention } from './partitions.ts'
import type { Store } from './store.ts'
import { inTransaction, type Queryable } from './transaction.ts'

/** Rows that are deleted in one transaction. */
const BATCH = 1_000

export interface EventRetention {
  /** For how many days status events, observation gaps, and alerts and anomalies that are over are kept, at least. */
  readonly eventDays: number
}

/** How long everything that grows is kept. */
export type Retention = MetricRetention & EventRetention

export const DEFAULT_RETENTION: Retention = { rawDays: 2, fiveMinuteDays: 30, hourDays: 730, eventDays: 400 }

const DAY_MS = 86_400_000

/** How far back each resolution of a series reaches. */
export function keptMs({ rawDays, fiveMinuteDays, hourDays }: MetricRetention): Record<Resolution, number> {
  return { RAW: rawDays * DAY_MS, FIVE_MINUTES: fiveMinuteDays * DAY_MS, HOUR: hourDays * DAY_MS }
}

/**
 * Deletes what is past its retention, in small batches.
 *
 * Events go from the oldest on, and the feed remembers up to which id they are gone: a cursor from before that is told so.
 * Observation gaps stay for as long as an event refers to them.
 *
 * @param goesOn asked before each batch
 */
export async function deleteExpired(
  store: Store,
  { eventDays }: EventRetention,
  goesOn: () => boolean = () => true,
): Promise<void> {
  for (const deleteSome of [deleteEvents, deleteEnded('alert'), deleteEnded('anomaly'), deleteGaps]) {
    while (goesOn() && (await inTransaction(store.pool, (tx) => deleteSome(tx, eventDays))) === BATCH);
  }
}

async function deleteEvents(tx: Queryable, days: number): Promise<number> {
  const { rows } = await tx.query<{ deleted: number }>(
    `with oldest as (select id, detected_at from status_event order by id limit ${BATCH}),
       expired as (
         delete from status_event where id in (
           select id from oldest where detected_at < statement_timestamp() - $1::int * interval '1 day')
         returning id
       ),
       remembered as (
         update status_feed set pruned_through = greatest(pruned_through, (select max(id) from expired))
         where exists (select from expired)
       )
     select count(*)::int as deleted from expired`,
    [days],
  )
  return rows[0]?.deleted ?? 0
}

function deleteEnded(table: 'alert' | 'anomaly') {
  return async (tx: Queryable, days: number): Promise<number> => {
    const { rowCount } = await tx.query(
      `delete from ${table} where id in (
         select id from ${table} where resolved_at < statement_timestamp() - $1::int * interval '1 day'
         limit ${BATCH})`,
      [days],
    )
    return rowCount ?? 0
  }
}

async function deleteGaps(tx: Queryable, days: number): Promise<number> {
  const { rowCount } = await tx.query(
    `delete from observation_gap where id in (
       select id from observation_gap g where until_at < statement_timestamp() - $1::int * interval '1 day'
         and not exists (select from status_event e where e.gap_id = g.id)
       limit ${BATCH})`,
    [days],
  )
  return rowCount ?? 0
}
