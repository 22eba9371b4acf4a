import { deadlineOf } from '../core/gaps.ts'
import { evaluateStatus } from '../core/status.ts'
import type { Instant, ServerId, Verdict } from '../core/types.ts'
import { textArray } from './array-text.ts'
import { CHANNELS } from './channels.ts'
import { BLIND_AFTER_MS, type Facts, readFacts, type ServerFacts } from './facts.ts'
import { timestamp } from './instant.ts'
import type { Queryable } from './transaction.ts'

/**
 * Why a server's status is looked at again. It decides from when on the change counts:
 * - `time`: nothing happened but time; an expiry counts from its deadline
 * - `heartbeat`: from the heartbeat's arrival
 * - `change`: somebody changed an alert or an anomaly. Silence is not theirs to judge: they have not asked every hub what it
 *   has heard. So it counts from now on, but not from after the deadline
 * - `moved-deadline`: somebody changed the threshold or ended a suspension; nothing counts from before that
 */
export type Cause = 'time' | 'heartbeat' | 'change' | 'moved-deadline'

/** What was found of one server, and whether its status had to be changed. */
export interface Settled {
  readonly facts: ServerFacts
  readonly verdict: Verdict
  readonly changed: boolean
}

/** Any number that no other program uses as an advisory lock: 'ssev' in ASCII. */
const EVENT_LOCK = 0x73736576

/**
 * Evaluates these servers and writes what has changed: the status by compare-and-set, and its event. Who acknowledged the
 * status that ends did so for that one: it is forgotten with it.
 *
 * The caller's transaction must hold the servers' heartbeat rows. Nothing else in the program writes a status.
 */
export async function settle(tx: Queryable, ids: readonly ServerId[], cause: Cause): Promise<Settled[]> {
  return settleFacts(tx, await readFacts(tx, ids), cause)
}

/** As `settle`, for facts that were read in the same transaction, after the heartbeat rows were locked. */
export async function settleFacts(tx: Queryable, facts: Facts, cause: Cause): Promise<Settled[]> {
  const verdicts = facts.servers.map((server) => ({
    facts: server,
    verdict: evaluateStatus(server, cause === 'change' ? whileAlive(server, facts.now) : facts.now),
  }))
  const changes = verdicts.filter(({ facts, verdict }) => differs(facts, verdict))
  const written = changes.length > 0 ? await writeChanges(tx, changes, cause) : new Set<ServerId>()
  return verdicts.map((settled) => ({ ...settled, changed: written.has(settled.facts.id) }))
}

/** For a server that nobody has judged silent, no later than the last instant at which it counts as alive. */
function whileAlive({ stored, lastHeartbeatAt, gaps, offlineAfterSeconds }: ServerFacts, now: Instant): Instant {
  if (stored.status === 'OFFLINE' || lastHeartbeatAt === null) return now
  return Math.min(now, deadlineOf(lastHeartbeatAt, gaps, offlineAfterSeconds * 1_000))
}

/** Whether what is stored is not what is true. */
export function differs({ stored }: ServerFacts, verdict: Verdict): boolean {
  return stored.status !== verdict.status || stored.reason !== verdict.reason
}

interface Change {
  readonly facts: ServerFacts
  readonly verdict: Verdict
}

/** The instant from which a change counts; never before the status that it ends. */
function changedAt({ facts, verdict }: Change, cause: Cause): Instant {
  const { stored, lastHeartbeatAt } = facts
  if (cause === 'moved-deadline') return verdict.evaluatedAt
  if (verdict.reason === 'HEARTBEAT_EXPIRED' && lastHeartbeatAt !== null) {
    return Math.max(deadlineOf(lastHeartbeatAt, facts.gaps, verdict.limitMs), stored.since)
  }
  if (cause === 'heartbeat' && lastHeartbeatAt !== null) return Math.max(lastHeartbeatAt, stored.since)
  return verdict.evaluatedAt
}

/**
 * The statuses, and then their events.
 *
 * Ids must be in commit order, so that "everything after this id" never skips a row: the lock is taken before the INSERT
 * draws its ids, and it is the last lock of the transaction. So it depends on the statuses that were written, and each
 * event on the lock. Where nothing was written it is not taken.
 *
 * What time alone has changed is not written where a hole in our own observation has begun since: between the facts and here
 * we may have stood still, and all hubs with us.
 */
const WRITE_CHANGES = `
  with change as materialized (
    select * from unnest($1::int[], $2::text[], $3::text[], $4::text[], $5::text[], $6::float8[], $7::float8[])
      as c (id, from_status, from_reason, to_status, to_reason, at, last_heartbeat_at)
  ), changed as materialized (
    update server s
    set status = c.to_status, status_reason = c.to_reason,
      status_since = case when s.status = c.to_status then s.status_since else ${timestamp('c.at')} end,
      acknowledged_at = null, acknowledged_by = null, acknowledge_note = null
    from change c
    where s.id = c.id and s.status = c.from_status and s.status_reason = c.from_reason and s.deleted_at is null
      and ($8::float8 is null or (
        not exists (select from observation_gap where until_at > ${timestamp('$8')})
        and exists (
          select from observation_stamp
          where stamped_at is null or stamped_at >= clock_timestamp() - interval '${BLIND_AFTER_MS} ms'
        )
      ))
    returning c.*
  ), locked as materialized (
    select pg_advisory_xact_lock(${EVENT_LOCK}) from (select count(*) as written from changed) c where written > 0
  ), event as (
    insert into status_event
      (server_id, from_status, from_reason, to_status, reason, at, last_heartbeat_at, gap_id, detected_at,
       farewell_reason, farewell_at, farewell_back_at)
    select c.id, c.from_status, c.from_reason, c.to_status, c.to_reason, ${timestamp('c.at')},
      ${timestamp('c.last_heartbeat_at')},
      case when c.to_reason = 'HEARTBEAT_EXPIRED' then (
        select g.id from observation_gap g
        where g.until_at > ${timestamp('c.last_heartbeat_at')} and g.from_at < ${timestamp('c.at')}
        order by g.until_at desc limit 1) end,
      clock_timestamp(), f.reason, f.at, f.back_at
    from locked cross join changed c
    left join farewell f on f.server_id = c.id and c.to_reason = 'HEARTBEAT_EXPIRED'
      and f.at >= ${timestamp('c.last_heartbeat_at')}
    order by c.at, c.id
    returning id, server_id
  )
  select array_agg(server_id) as written, pg_notify('${CHANNELS.event}', max(id)::text) from event having count(*) > 0`

/** @returns whose status was what it was thought to be, and has changed */
async function writeChanges(tx: Queryable, changes: readonly Change[], cause: Cause): Promise<Set<ServerId>> {
  const { rows } = await tx.query<{ written: ServerId[] }>({
    name: 'write-changes',
    text: WRITE_CHANGES,
    values: [
      textArray(changes, ({ facts }) => facts.id),
      textArray(changes, ({ facts }) => facts.stored.status),
      textArray(changes, ({ facts }) => facts.stored.reason),
      textArray(changes, ({ verdict }) => verdict.status),
      textArray(changes, ({ verdict }) => verdict.reason),
      textArray(changes, (change) => changedAt(change, cause)),
      textArray(changes, ({ facts }) => facts.lastHeartbeatAt ?? undefined),
      cause === 'time' ? changes[0]?.verdict.evaluatedAt : null,
    ],
  })
  return new Set(rows[0]?.written)
}
