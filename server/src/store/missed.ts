import type { Instant } from '../core/types.ts'
import type { Channel } from './channels.ts'
import { timestamp } from './instant.ts'
import type { Store } from './store.ts'
import { reachable } from './transaction.ts'

/** A moment up to which everything that was notified has been heard. */
export interface LastHeard {
  /** By the database's clock. */
  readonly at: Instant
  /** `performance.now()` then. */
  readonly atMs: number
}

/** Something that may have gone unheard, as it was notified. */
export interface Missed {
  readonly channel: Channel
  readonly payload: string
}

/** A transaction notifies when it commits, and has written before: no longer ago than a statement of it may take. */
const OVERLAP = "interval '20 seconds'"

/**
 * By the clock that says more. The database's may have been set back, or be another machine's by now; ours stands still
 * while this machine sleeps.
 */
const SINCE = `least(${timestamp('$1')}, statement_timestamp() - $2::float8 * interval '1 millisecond') - ${OVERLAP}`

const MISSED = `
  with deaf as materialized (select ${SINCE} as since)
  select 'server' as channel, concat_ws(' ', case
      when s.deleted_at is not null then 'DELETED' when s.created_at >= since then 'CREATED' else 'UPDATED' end, s.id) as payload
    from deaf join server s on s.updated_at >= since
  union all select 'server', concat_ws(' ', 'UPDATED', f.server_id) from deaf join farewell f on f.at >= since
  union all select 'alert', a.id::text from deaf join alert a on a.changed_at >= since
  union all select 'anomaly', a.id::text from deaf join anomaly a on a.changed_at >= since`

/** Servers, alerts and anomalies that changed since; some of them may have been heard of all the same. */
export async function findMissed(store: Store, { at, atMs }: LastHeard): Promise<Missed[]> {
  const { rows } = await reachable(() => store.pool.query<Missed>(MISSED, [at, performance.now() - atMs]))
  return rows
}
