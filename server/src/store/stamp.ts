import type { GapCause, HubFigures, Instant } from '../core/types.ts'
import { BLIND_AFTER_MS } from './facts.ts'
import { ms, timestamp } from './instant.ts'
import type { Store } from './store.ts'
import { inStatement, inTransaction, type Queryable } from './transaction.ts'
import { LONGEST_WAIT_MS } from './write-heartbeats.ts'

/** What this hub knows of itself when it stamps. */
export interface Stamping {
  readonly figures: HubFigures
  /** Up to when it has heard; see `heard.ts`. */
  readonly heardUntil: Instant
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
 * Proves that heartbeats can be written, through the writer's connection. Where the newest stamp of any hub is older
 * than it should be, or lies in the future, that is recorded first.
 */
export async function stamp(store: Store, stamping: Stamping): Promise<Stamped> {
  const now = await stampInTime(store, stamping)
  return now === null ? stampAfterHole(store, stamping) : { now, gap: null }
}

/** After the clock was set back nobody can tell what was heard in the new time, but nothing waits for longer than this. */
const heardOf = (now: string) => `${now} - interval '${LONGEST_WAIT_MS} ms'`

/** Beside a CTE `stamped` that says `now`. Nobody has heard what is to come: that is from before a clock was set back. */
const WRITE_FIGURES = `
  insert into hub_observation
    (hub_id, name, version, leads, heartbeats_per_second, feed_lag_ms, writer_pid, stamped_at, backlog_since, heard_until)
  select $1::uuid, $2::text, $3::text, $4::boolean, $5::real, $6::real, pg_backend_pid(), now,
    now - $7::float8 * interval '1 millisecond',
    case when ${timestamp('$8')} > now then ${heardOf('now')} else ${timestamp('$8')} end from stamped
  on conflict (hub_id) do update set
    name = excluded.name, version = excluded.version, leads = excluded.leads,
    heartbeats_per_second = excluded.heartbeats_per_second, feed_lag_ms = excluded.feed_lag_ms,
    writer_pid = excluded.writer_pid,
    stamped_at = excluded.stamped_at, backlog_since = excluded.backlog_since, heard_until = excluded.heard_until
  returning ${ms('stamped_at')} as now`

function figureValues(store: Store, { figures, heardUntil }: Stamping): unknown[] {
  const { name, version, leads, heartbeatsPerSecond, feedLagMs, backlogMs } = figures
  return [store.hubId, name, version, leads, heartbeatsPerSecond, feedLagMs, backlogMs, heardUntil]
}

/**
 * One statement, committed by itself: a hub that is frozen here holds the shared row for nobody. The row is locked before
 * the clock is read, so a hole that arose while it was waited for is not stamped over.
 */
const STAMP_IN_TIME = `
  with locked as materialized (select stamped_at from observation_stamp for update),
  clock as materialized (select stamped_at as previous, clock_timestamp() as now from locked),
  stamped as (
    update observation_stamp set stamped_at = clock.now from clock
    where clock.previous between clock.now - interval '${BLIND_AFTER_MS} ms' and clock.now + interval '${STEP_BACK_MS} ms'
    returning clock.now
  )
  ${WRITE_FIGURES}`

/** @returns when it was stamped, or null where it was not: there is a hole, or the clock was set back */
async function stampInTime(store: Store, stamping: Stamping): Promise<Instant | null> {
  const { rows } = await inStatement<{ now: Instant }>(store.writer, () => ({
    name: 'stamp-in-time',
    text: STAMP_IN_TIME,
    values: figureValues(store, stamping),
  }))
  return rows[0]?.now ?? null
}

function stampAfterHole(store: Store, stamping: Stamping): Promise<Stamped> {
  return inTransaction(store.writer, async (tx) => {
    const previous = await lockStamp(tx)
    const now = await readClock(tx)
    const gap = previous === null ? null : holeBetween(previous, now, stamping)
    if (gap) await recordGap(tx, gap)
    if (previous !== null && previous - now > STEP_BACK_MS) await clampTo(tx, now)
    await writeStamp(tx, store, now, stamping)
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
  // A hub that is gone would count as alive, and one that lives as having heard, until that time comes again.
  await tx.query(
    `update hub_observation set stamped_at = least(stamped_at, ${at}),
       heard_until = case when heard_until > ${at} then ${heardOf(at)} else heard_until end, backlog_since = null
     where stamped_at > ${at} or heard_until > ${at}`,
    [now],
  )
  // A goodbye would be told of a server that is back, and a list of processes be kept for newer than those that come.
  await tx.query(`delete from farewell where at > ${at}`, [now])
  await tx.query(`update top_processes set at = ${at} where at > ${at}`, [now])
}

async function writeStamp(tx: Queryable, store: Store, now: Instant, stamping: Stamping): Promise<void> {
  await tx.query({
    name: 'stamp',
    text: `with stamped as (update observation_stamp set stamped_at = ${timestamp('$9')} returning stamped_at as now)
      ${WRITE_FIGURES}`,
    values: [...figureValues(store, stamping), now],
  })
}
