import type { Instant, ServerId } from '../core/types.ts'
import { iso } from './metric-tiers.ts'
import type { Store } from './store.ts'
import { inTransaction, type Queryable } from './transaction.ts'

/** Any number that no other program uses as an advisory lock: 'ssru' in ASCII. */
const ROLLUP_LOCK = 0x73737275

/** An hour or a day is done when it is over for so long: most late samples are there by then. */
const ROLLUP_GRACE_MS = 300_000

/** Nobody waits for what a step has locked, so one on a slow machine may take its time between two statements. */
const MAX_IDLE_MS = 10_000

/**
 * Some rows of many are looked for by their keys. Without the last three the planner would rather read a whole day's
 * partition at each step, and hash what is looked for.
 */
const BEGIN = `
  select pg_try_advisory_xact_lock($1) as won,
    set_config('idle_in_transaction_session_timeout', '${MAX_IDLE_MS}', true),
    set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
    set_config('enable_seqscan', 'off', true)`

export interface RollUpStep {
  /** The lowest server that is looked at. */
  readonly from?: ServerId
  readonly graceMs?: number
  /** How much is done in one step, in the step's own measure. */
  readonly size?: number
}

export interface RolledUp {
  /** How many were done; 0 where nothing is to do from there on, or another hub does it. */
  readonly done: number
  /** Where the next step goes on. */
  readonly last: ServerId
}

/** One server's hour, or day: when it begins. */
export interface ServerTime {
  readonly serverId: ServerId
  readonly at: Instant
}

/** A step that came to nothing, and what it was at. */
export class RollUpError extends Error {
  override readonly name = 'RollUpError'
  /** Of the servers, the highest. */
  readonly last: ServerId
  readonly parts: number

  constructor(found: readonly ServerTime[], cause: unknown) {
    const servers = [...new Set(found.map((it) => it.serverId))]
    const first = iso(Math.min(...found.map((it) => it.at)))
    super(`History from ${first} on was not rolled up, of these servers: ${servers.join(', ')}`, { cause })
    this.last = Math.max(...servers)
    this.parts = found.length
  }
}

interface Work<T extends ServerTime> {
  /** What is to do, some of the servers' with the lowest ids. */
  readonly find: (tx: Queryable, step: { readonly from: ServerId; readonly graceMs: number }) => Promise<readonly T[]>
  readonly work: (tx: Queryable, found: readonly T[]) => Promise<void>
}

/**
 * One step of rolling up: a transaction that finds what is to do and does it, on one hub at a time. If that hub dies, its
 * lock goes with the session, and nothing has happened.
 *
 * @throws RollUpError where it failed once it knew what is to do
 */
export async function inRollUpStep<T extends ServerTime>(
  store: Store,
  { from = 0, graceMs = ROLLUP_GRACE_MS }: RollUpStep,
  { find, work }: Work<T>,
): Promise<RolledUp> {
  let found: readonly T[] = []
  const step = async (tx: Queryable): Promise<RolledUp> => {
    found = []
    const { rows } = await tx.query<{ won: boolean }>({ name: 'roll-up-step', text: BEGIN, values: [ROLLUP_LOCK] })
    if (rows[0]?.won) found = await find(tx, { from, graceMs })
    if (found.length > 0) await work(tx, found)
    return { done: found.length, last: Math.max(from, ...found.map((it) => it.serverId)) }
  }
  try {
    return await inTransaction(store.pool, step)
  } catch (error) {
    throw found.length > 0 ? new RollUpError(found, error) : error
  }
}
