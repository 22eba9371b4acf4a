import type pg from 'pg'
import { Refusal } from '../errors.ts'
import { isRetryable, isSessionEnded, isUnreachable } from './sqlstate.ts'

/** Anything that a statement can be sent to. */
export type Queryable = Pick<pg.ClientBase, 'query'>

const MAX_ATTEMPTS = 8
const RETRY_PAUSE_MS = 5

/**
 * Runs `work` in one READ COMMITTED transaction and again, from the start, after a deadlock, a serialization failure, a
 * lock that was not had in time, or a pause of ours that the database did not wait for.
 *
 * @throws Refusal UNAVAILABLE where the database cannot be reached; nothing is known then of whether it committed.
 */
export function inTransaction<T>(pool: pg.Pool, work: (tx: Queryable) => Promise<T>): Promise<T> {
  return retrying(() => attemptOnce(pool, 'begin', work))
}

/**
 * Runs one statement that commits by itself, and again where `inTransaction` would. It costs one round trip, and leaves no
 * lock behind whatever becomes of this process.
 *
 * @param statement called for each attempt, so that it may hold how long ago something was.
 */
export function inStatement<R extends pg.QueryResultRow>(
  pool: pg.Pool,
  statement: () => pg.QueryConfig,
): Promise<pg.QueryResult<R>> {
  const send = (client: Queryable) => client.query<R>(statement())
  return retrying(() => withClient(pool, send, async () => undefined))
}

async function retrying<T>(attemptOnce: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await attemptOnce()
    } catch (error) {
      if (isUnreachable(error)) throw unavailable(error)
      if (!isRetryable(error)) throw error
      if (attempt === MAX_ATTEMPTS) throw unavailable(error)
      await new Promise((resolve) => setTimeout(resolve, RETRY_PAUSE_MS * attempt * (1 + Math.random())))
    }
  }
}

/** Runs `work`, which reads only, on one snapshot: what it reads in several statements belongs together. Again as above. */
export function inSnapshot<T>(pool: pg.Pool, work: (tx: Queryable) => Promise<T>): Promise<T> {
  return retrying(() => attemptOnce(pool, 'begin isolation level repeatable read read only', work))
}

/** Passes the work's answer on; a database that cannot be reached becomes UNAVAILABLE. */
export async function reachable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw isUnreachable(error) ? unavailable(error) : error
  }
}

function attemptOnce<T>(pool: pg.Pool, begin: string, work: (tx: Queryable) => Promise<T>): Promise<T> {
  const transaction = async (client: Queryable) => {
    await client.query(begin)
    const answer = await work(client)
    await client.query('commit')
    return answer
  }
  return withClient(pool, transaction, (client) => client.query('rollback'))
}

/** Works with a connection of the pool's. One that is broken, or on which `tidyUp` after a failure fails, is given up. */
async function withClient<T>(
  pool: pg.Pool,
  work: (client: Queryable) => Promise<T>,
  tidyUp: (client: Queryable) => Promise<unknown>,
): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  const onBroken = (error: Error) => {
    broken ??= error
  }
  client.on('error', onBroken)
  try {
    return await work(client)
  } catch (error) {
    // What the database said when it ended our session says more than that the session is gone.
    if (broken && isUnreachable(error)) throw isRetryable(broken) ? broken : error
    // A rollback that is sent after a lost answer would only be waited for in vain.
    if (isUnreachable(error) || isSessionEnded(error)) broken = error as Error
    else await tidyUp(client).catch(onBroken)
    throw error
  } finally {
    client.off('error', onBroken)
    client.release(broken)
  }
}

function unavailable(cause: unknown): Refusal {
  const refusal = new Refusal('UNAVAILABLE', 'The database cannot be reached at the moment.', { retryAfterSeconds: 1 })
  refusal.cause = cause
  return refusal
}
