import type { AgentFacts, Instant, ServerId } from '../core/types.ts'
import { Refusal } from '../errors.ts'
import { ms, timestamp } from './instant.ts'
import { settle } from './settle.ts'
import type { Store } from './store.ts'
import { inTransaction, type Queryable } from './transaction.ts'

/** One server's newest heartbeat, with the monotonic time at which it arrived here. */
export interface HeartbeatEntry extends AgentFacts {
  readonly serverId: ServerId
  /** `performance.now()` at arrival. */
  readonly arrivedAtMs: number
}

/**
 * A heartbeat that has waited here for longer is refused, and its agent sends another. The others wait for it no longer
 * than this before they judge, so it must not count from its arrival afterwards.
 */
export const LONGEST_WAIT_MS = 5_000

/** The rows are locked in the order of the sorted input: ascending id, as everywhere. */
export const WRITE_HEARTBEATS = `
  update server_heartbeat h
  set last_heartbeat_at = greatest(h.last_heartbeat_at, statement_timestamp() - b.age_ms * interval '1 millisecond'),
    agent_version = coalesce(b.agent_version, h.agent_version),
    boot_id = coalesce(b.boot_id, h.boot_id),
    agent_started_at = coalesce(${timestamp('b.agent_started_at')}, h.agent_started_at)
  from (
    select * from unnest($1::int[], $2::float8[], $3::text[], $4::text[], $5::float8[])
      as b (server_id, age_ms, agent_version, boot_id, agent_started_at)
    order by server_id
  ) b
  where h.server_id = b.server_id
  returning h.server_id as "serverId", ${ms('h.last_heartbeat_at')} as "receivedAt"`

/**
 * A second statement, because it takes a new snapshot: it sees the status as of after the wait for the rows' locks.
 * Most batches find nothing here, by one look-up in a partial index.
 */
const RECOVERABLE = `
  select id from server
  where id = any($1::int[]) and status = 'OFFLINE' and not suspended and deleted_at is null
  order by id`

/**
 * Writes a batch, at most one entry a server, in one transaction, and brings servers back that were OFFLINE.
 *
 * @returns when the database counts each server as last heard; a server that is missing there is unknown.
 * @throws Refusal UNAVAILABLE where the database cannot be reached, or could not until the batch was too old
 */
export function writeHeartbeats(store: Store, entries: readonly HeartbeatEntry[]): Promise<Map<ServerId, Instant>> {
  const batch = entries.toSorted((a, b) => a.serverId - b.serverId)
  return inTransaction(store.writer, async (tx) => {
    const received = await writeBatch(tx, batch)
    const recoverable = await tx.query<{ id: ServerId }>({
      name: 'recoverable',
      text: RECOVERABLE,
      values: [[...received.keys()]],
    })
    if (recoverable.rows.length > 0) {
      await settle(
        tx,
        recoverable.rows.map((row) => row.id),
        'heartbeat',
      )
    }
    return received
  })
}

async function writeBatch(tx: Queryable, batch: readonly HeartbeatEntry[]): Promise<Map<ServerId, Instant>> {
  const now = performance.now()
  if (batch.some((entry) => now - entry.arrivedAtMs > LONGEST_WAIT_MS)) throw waitedTooLong()
  const { rows } = await tx.query<{ serverId: ServerId; receivedAt: Instant }>({
    name: 'write-heartbeats',
    text: WRITE_HEARTBEATS,
    values: [
      batch.map((entry) => entry.serverId),
      batch.map((entry) => Math.max(0, now - entry.arrivedAtMs)),
      batch.map((entry) => entry.agentVersion ?? null),
      batch.map((entry) => entry.bootId ?? null),
      batch.map((entry) => entry.agentStartedAt ?? null),
    ],
  })
  return new Map(rows.map((row) => [row.serverId, row.receivedAt]))
}

function waitedTooLong(): Refusal {
  return new Refusal('UNAVAILABLE', 'The heartbeat waited for the database for too long.', { retryAfterSeconds: 1 })
}
