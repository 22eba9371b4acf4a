import type { GapCause, Instant } from '../core/types.ts'
import { BLIND_AFTER_MS } from './facts.ts'
import { ms, timestamp } from './instant.ts'
import type { Store } from './store.ts'
import { inTransaction, type Queryable } from './transaction.ts'

/** What this hub knows of itself when it stamps. */
export interface Stamping {
  /** How long heartbeats have waited here, if they wait longer than they should. */
  readonly backlogMs: number | null
  /** Tells the cause of a hole, given its ends by the database's clock. */
  readonly causeOf: (from: Instant, until: Instant) => GapCause
}

export interface Stamped {
  readonly now: Instant
  /** The hole that this stamp found and recorded. */
  readonly gap: { readonly from: Instant; readonly until: Instant; readonly cause: GapCause } | null
}

/** A newest stamp further in the future than this means that the database's clock was set back. */
const STEP_BACK_MS = 1_000

/**
 * Proves that heartbeats can be written: one transaction through the writer's connection that records the hole since
 * the newest stamp of any hub, if it is one, and then stamps.
 */
export function stamp(store: Store, stamping: Stamping): Promise<Stamped> {
  return inTransaction(store.writer, async (tx) => {
    const previous = await lockStamp(tx)
    const now = await readClock(tx)
    const gap = previous === null ? null : holeBetween(previous, now, stamping)
    if (gap) await recordGap(tx, gap)
    if (previous !== null && previous - now > STEP_BACK_MS) await clampTo(tx, now)
    await writeStamp(tx, store, now, stamping.backlogMs)
    return { now, gap }
  })
}

function holeBetween(previous: Instant, now: Instant, { causeOf }: Stamping): Stamped['gap'] {
  if (previous - now > STEP_BACK_MS) return { from: now, until: now, cause: 'CLOCK_STEP' }
  if (now - previous <= BLIND_AFTER_MS) return null
  return { from: previous, until: now, cause: causeOf(previous, now) }
}

async function lockStamp(tx: Queryable): Promise<Instant | null> {
  const { rows } = await tx.query(`select ${ms('stamped_at')} as at from observation_stamp for update`)
  return rows[0].at
}

/** Read by a statement of its own: in the one above the clock might be read before the lock is had. */
async function readClock(tx: Queryable): Promise<Instant> {
  const { rows } = await tx.query(`select ${ms('clock_timestamp()')} as now`)
  return rows[0].now
}

async function recordGap(tx: Queryable, gap: NonNullable<Stamped['gap']>): Promise<void> {
  await tx.query(
    `insert into observation_gap (from_at, until_at, cause) values (${timestamp('$1')}, ${timestamp('$2')}, $3)`,
    [gap.from, gap.until, gap.cause],
  )
}

/** After the clock was set back: what lies in the future would hide deaths, so it is brought to now, once. */
async function clampTo(tx: Queryable, now: Instant): Promise<void> {
  const at = timestamp('$1')
  await tx.query(`update server_heartbeat set last_heartbeat_at = ${at} where last_heartbeat_at > ${at}`, [now])
  await tx.query(
    `update observation_gap set from_at = least(from_at, ${at}), until_at = ${at} where until_at > ${at}`,
    [now],
  )
  await tx.query(`update server set status_since = ${at} where status_since > ${at}`, [now])
  // A hub that is gone would count as alive, and its backlog be waited for, until that time comes again.
  await tx.query(`update hub_observation set stamped_at = ${at}, backlog_since = null where stamped_at > ${at}`, [now])
}

async function writeStamp(tx: Queryable, store: Store, now: Instant, backlogMs: number | null): Promise<void> {
  await tx.query({
    name: 'stamp',
    text: `with stamped as (update observation_stamp set stamped_at = ${timestamp('$1')})
      insert into hub_observation (hub_id, stamped_at, backlog_since)
      values ($2, ${timestamp('$1')}, ${timestamp('$1')} - $3::float8 * interval '1 millisecond')
      on conflict (hub_id) do update set stamped_at = excluded.stamped_at, backlog_since = excluded.backlog_since`,
    values: [now, store.hubId, backlogMs],
  })
}

/** Forgets hubs that have not stamped for a day, and this one, which stops. */
export async function removeHub(store: Store): Promise<void> {
  await store.pool.query(
    `delete from hub_observation where hub_id = $1 or stamped_at < clock_timestamp() - interval '1 day'`,
    [store.hubId],
  )
}
