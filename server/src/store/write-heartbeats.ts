import type pg from 'pg'
import type { AgentFacts, Instant, ServerId } from '../core/types.ts'
import { Refusal } from '../errors.ts'
import { numbersIn, textArray } from './array-text.ts'
import { instantOf } from './instant.ts'
import { settle } from './settle.ts'
import type { Store } from './store.ts'
import { inStatement, inTransaction, type Queryable } from './transaction.ts'

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

/** A heartbeat as the database has it. */
export interface WrittenHeartbeat {
  /** The one before it, whichever hub took that; null for a server's first. */
  readonly previousAt: Instant | null
  /** When the server counts as last heard: never earlier than before. */
  readonly receivedAt: Instant
}

/** How the function says that a server of the batch has to be brought back, and that it was not allowed to. */
const RECOVERY_NEEDED = 'SS001'

/** Those whose last batch brought somebody back. */
const RECOVERING = new WeakSet<Store>()

/**
 * Writes a batch, at most one entry a server, in one transaction, and brings servers back that were OFFLINE.
 *
 * Nearly always that is one statement. Where a server must be brought back, that is undone and done again in a transaction
 * of several: whether a status changes is decided here, not in SQL. After a batch that brought somebody back the next one
 * begins with that transaction, since whoever comes back seldom comes alone.
 *
 * @returns what was written; a server that is missing there is unknown.
 * @throws Refusal UNAVAILABLE where the database cannot be reached, or could not until the batch was too old
 */
export async function writeHeartbeats(
  store: Store,
  entries: readonly HeartbeatEntry[],
): Promise<Map<ServerId, WrittenHeartbeat>> {
  const expectsRecovery = RECOVERING.delete(store)
  if (!expectsRecovery) {
    try {
      const { rows } = await inStatement<ArrayTexts>(store.writer, () => callFor(entries, false))
      return writtenIn(rows)
    } catch (error) {
      if ((error as { code?: unknown }).code !== RECOVERY_NEEDED) throw error
    }
  }
  const { rows, recoverable } = await inTransaction(store.writer, (tx) => writeAndRecover(tx, entries))
  if (recoverable.length > 0) RECOVERING.add(store)
  return writtenIn(rows)
}

async function writeAndRecover(tx: Queryable, entries: readonly HeartbeatEntry[]) {
  const { rows } = await tx.query<ArrayTexts>(callFor(entries, true))
  const recoverable = numbersIn(rows[0]?.recoverable ?? null) as ServerId[]
  if (recoverable.length > 0) await settle(tx, recoverable, 'heartbeat')
  return { rows, recoverable }
}

/** Its columns are read as they come: hundreds of rows as rows would cost more than all else. */
const AS_TEXT = { getTypeParser: () => (text: string) => text } as unknown as pg.CustomTypesConfig

interface ArrayTexts {
  readonly server_ids: string | null
  readonly previous_seconds: string | null
  readonly received_seconds: string | null
  readonly recoverable: string | null
}

function callFor(entries: readonly HeartbeatEntry[], recovers: boolean): pg.QueryConfig {
  const now = performance.now()
  if (entries.some((entry) => now - entry.arrivedAtMs > LONGEST_WAIT_MS)) throw waitedTooLong()
  return {
    name: 'write-heartbeats',
    text: 'select * from write_heartbeats($1, $2, $3, $4, $5, $6)',
    values: [
      textArray(entries, (entry) => entry.serverId),
      textArray(entries, (entry) => Math.max(0, Math.round((now - entry.arrivedAtMs) * 1_000) / 1_000)),
      textArray(entries, (entry) => entry.agentVersion),
      textArray(entries, (entry) => entry.bootId),
      textArray(entries, (entry) => entry.agentStartedAt),
      recovers,
    ],
    types: AS_TEXT,
  }
}

function writtenIn([row]: readonly ArrayTexts[]): Map<ServerId, WrittenHeartbeat> {
  const received = numbersIn(row?.received_seconds ?? null)
  const previous = numbersIn(row?.previous_seconds ?? null)
  const written = new Map<ServerId, WrittenHeartbeat>()
  for (const [i, serverId] of numbersIn(row?.server_ids ?? null).entries()) {
    written.set(serverId as ServerId, {
      previousAt: previous[i] == null ? null : instantOf(previous[i]),
      receivedAt: instantOf(received[i] as number),
    })
  }
  return written
}

/** The refusal of a heartbeat that is older than `LONGEST_WAIT_MS`. */
export function waitedTooLong(): Refusal {
  return new Refusal('UNAVAILABLE', 'The heartbeat waited for the database for too long.', { retryAfterSeconds: 1 })
}
