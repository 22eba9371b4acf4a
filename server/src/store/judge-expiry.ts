import { deadlineOf } from '../core/gaps.ts'
import type { Instant, ServerId } from '../core/types.ts'
import { BLIND_AFTER_MS, readFacts, type ServerFacts } from './facts.ts'
import { ms } from './instant.ts'
import { settleFacts } from './settle.ts'
import type { Store } from './store.ts'
import { inTransaction, type Queryable, reachable } from './transaction.ts'
import { LONGEST_WAIT_MS } from './write-heartbeats.ts'

/** What is to be done with a server that was due. */
export type ExpiryAnswer =
  /** Nothing to wait for any more: it is OFFLINE, suspended, never seen or deleted. */
  | { readonly kind: 'settled' }
  /** It was heard meanwhile: by the database's clock its deadline is this far away. */
  | { readonly kind: 'fresh'; readonly remainingMs: number }
  /** Its row is being written at this moment, or a heartbeat that came in time may be about to be. */
  | { readonly kind: 'busy' }
  /** Nobody may be judged now: we cannot have heard everything yet. */
  | { readonly kind: 'blind' }

/**
 * Heartbeats that wait at another hub are waited for so long; our own were written before we looked. A little longer than
 * they may wait there: what is written later than this does not count from its arrival.
 */
const MAX_BACKLOG_MS = LONGEST_WAIT_MS + 1_000

const LOCK_ROWS = `
  select server_id as id from server_heartbeat where server_id = any($1::int[])
  order by server_id for update skip locked`

/**
 * Another hub says that heartbeats wait there. Or it does not stamp, so that it cannot say: frozen, slow, or not back yet
 * after an outage of the database. One that was killed has no session any more, and nothing to wait for: that no hub ran
 * at all (HUB_DOWN) is no reason to wait, else a crash loop of ours would postpone every death.
 */
const BACKLOG = `
  with other as (
    select h.*, clock_timestamp() as now from hub_observation h where hub_id <> $1
  ), silent as (
    select o.writer_pid, g.missed, o.now - o.stamped_at - coalesce(g.missed, '0') as silence
    from other o left join lateral (
      select nullif(sum(least(until_at, o.now) - greatest(from_at, o.stamped_at)), '0') as missed
      from observation_gap where until_at > o.stamped_at and cause <> 'HUB_DOWN'
    ) g on true
    where o.stamped_at <= o.now - interval '${BLIND_AFTER_MS} ms'
  )
  select 1 from other
  where stamped_at > now - interval '${BLIND_AFTER_MS} ms' and backlog_since > now - interval '${MAX_BACKLOG_MS} ms'
  union all
  select 1 from silent
  where silence < interval '${MAX_BACKLOG_MS} ms'
    and (missed is not null or exists (select 1 from pg_stat_activity a where a.pid = writer_pid))
  limit 1`

const EXISTING = `select server_id as id from server_heartbeat where server_id = any($1::int[])`

/** By the time that has passed alone: gaps move a deadline later, never nearer. */
const FRESH = `
  select s.id, ${ms('h.last_heartbeat_at')} + s.offline_after_seconds * 1000 - ${ms('statement_timestamp()')} as "remainingMs"
  from server_heartbeat h join server s on s.id = h.server_id
  where h.server_id = any($1::int[]) and s.status <> 'OFFLINE' and not s.suspended and s.deleted_at is null
    and h.last_heartbeat_at + s.offline_after_seconds * interval '1 s' > statement_timestamp()`

/**
 * Looks at servers whose deadline may have passed and makes OFFLINE those that are silent, there and then.
 *
 * Most were heard meanwhile: those are found without a lock, so that a healthy fleet's looks write nothing and hold up no
 * heartbeat. Only who seems silent is judged.
 *
 * @param heardAtMs `performance.now()` at a moment up to which every heartbeat that had arrived here is committed or
 *   refused. A deadline after it is looked at again: where the database is slow, what arrived since may wait to be written.
 */
export async function judgeExpiry(
  store: Store,
  ids: readonly ServerId[],
  heardAtMs = performance.now(),
): Promise<Map<ServerId, ExpiryAnswer>> {
  const { rows } = await reachable(() =>
    store.pool.query<{ id: ServerId; remainingMs: number }>({ name: 'judge-fresh', text: FRESH, values: [ids] }),
  )
  const answers = new Map<ServerId, ExpiryAnswer>(rows.map(({ id, remainingMs }) => [id, fresh(remainingMs)]))
  const silent = ids.filter((id) => !answers.has(id))
  if (silent.length > 0) for (const [id, answer] of await judge(store, silent, heardAtMs)) answers.set(id, answer)
  return answers
}

/**
 * Judges servers that seem silent.
 *
 * Their heartbeat rows are locked before they are read, so a heartbeat is either seen here or waits, finds the server
 * OFFLINE, and brings it back. A row that somebody else holds is being refreshed: it is skipped, never waited for.
 */
function judge(store: Store, ids: readonly ServerId[], heardAtMs: number): Promise<Map<ServerId, ExpiryAnswer>> {
  return inTransaction(store.pool, async (tx) => {
    const locked = await idsOf(tx, 'judge-lock', LOCK_ROWS, ids)
    const backlog = await tx.query({ name: 'judge-backlog', text: BACKLOG, values: [store.hubId] })
    const facts = await readFacts(tx, [...locked])
    if (facts.blind || backlog.rows.length > 0) return new Map(ids.map((id) => [id, { kind: 'blind' }]))

    const answers = new Map<ServerId, ExpiryAnswer>()
    const heardUntil = facts.now - (performance.now() - heardAtMs)
    const early = facts.servers.filter((server) => fallsDueBetween(server, heardUntil, facts.now))
    for (const { id } of early) answers.set(id, { kind: 'busy' })
    const servers = facts.servers.filter(({ id }) => !answers.has(id))
    for (const { facts: server, verdict } of await settleFacts(tx, { ...facts, servers }, 'time')) {
      const deadline = verdict.nextTransitionAt
      answers.set(server.id, deadline === null ? { kind: 'settled' } : fresh(deadline - facts.now))
    }
    const skipped = ids.filter((id) => !locked.has(id))
    const existing = skipped.length > 0 ? await idsOf(tx, 'judge-existing', EXISTING, skipped) : new Set()
    for (const id of ids) {
      if (!answers.has(id)) answers.set(id, existing.has(id) ? { kind: 'busy' } : { kind: 'settled' })
    }
    return answers
  })
}

function fallsDueBetween(
  { lastHeartbeatAt, gaps, offlineAfterSeconds }: ServerFacts,
  from: Instant,
  now: Instant,
): boolean {
  if (lastHeartbeatAt === null) return false
  const deadline = deadlineOf(lastHeartbeatAt, gaps, offlineAfterSeconds * 1_000)
  return deadline > from && deadline < now
}

function fresh(remainingMs: number): ExpiryAnswer {
  return { kind: 'fresh', remainingMs: Math.max(0, remainingMs) }
}

async function idsOf(tx: Queryable, name: string, text: string, ids: readonly ServerId[]): Promise<Set<ServerId>> {
  const { rows } = await tx.query<{ id: ServerId }>({ name, text, values: [ids] })
  return new Set(rows.map((row) => row.id))
}
