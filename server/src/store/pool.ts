import pg from 'pg'

/** How to reach PostgreSQL; what `pg` takes. */
export interface DatabaseConnection {
  readonly connectionString?: string | undefined
  readonly host?: string | undefined
  readonly port?: number | undefined
  readonly user?: string | undefined
  readonly password?: string | undefined
  readonly database?: string | undefined
}

/** The first words of the name that a hub's listening session has; the last is the hub's id: so others see that it runs. */
export const LISTENER = 'stacksense listener'

const POOL_SIZE = 8
/** Judging, reading deadlines, the feed and whose a token is: each asks one thing at a time. */
const WATCH_POOL_SIZE = 4
const CONNECT_TIMEOUT_MS = 5_000

/** Of the connections that nobody uses, all but these few are given up after a while: a dead one shows nothing. */
const POOL_MIN = 2
const IDLE_TIMEOUT_MS = 10_000

/** How long one statement may run, by the database's own account. */
const STATEMENT_TIMEOUT_MS = 15_000
const WRITER_STATEMENT_TIMEOUT_MS = 5_000

/**
 * So much later we no longer believe that an answer will come: a network that lost the connection does not say so, and
 * the system alone would notice after a quarter of an hour.
 */
const ANSWER_GRACE_MS = 1_000

/** Lone connections ask only what is answered at once. */
const LONE_ANSWER_TIMEOUT_MS = 5_000
const INT8_OID = 20

/** Event and alert ids are bigint; they stay far below 2^53, so they are read as numbers. */
const TYPES = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === INT8_OID && format !== 'binary' ? Number : pg.types.getTypeParser(oid, format as 'text'),
} as pg.CustomTypesConfig

/**
 * Without JIT: no statement here runs long enough to repay its compilation, and the writer's pinned plans have costs at
 * which PostgreSQL would compile them anew each time, for most of a second.
 */
const EVERY_SESSION = ['timezone=UTC', 'jit=off']

/**
 * No frozen hub may hold anybody up: a session that stops in the middle of a transaction is ended by the database, and
 * no statement waits or runs for ever. Shorter than a hole between stamps may be, so that a hub which waited for another
 * one's rows still stamps in time; where it was only slow, the transaction is run again.
 */
const IDLE_IN_TRANSACTION = 'idle_in_transaction_session_timeout=500'

const SESSION = [IDLE_IN_TRANSACTION, 'lock_timeout=2000', `statement_timeout=${STATEMENT_TIMEOUT_MS}`]

/**
 * The writer's update must lock its rows in ascending id, so its plan is pinned to a nested loop driven by the sorted
 * input: no other join, and no scan of the whole table.
 */
const WRITER_SESSION = [
  IDLE_IN_TRANSACTION,
  'lock_timeout=2000',
  `statement_timeout=${WRITER_STATEMENT_TIMEOUT_MS}`,
  'enable_hashjoin=off',
  'enable_mergejoin=off',
  'enable_seqscan=off',
  'enable_bitmapscan=off',
  'enable_material=off',
]

/** Connections for whatever people, tools and agents ask. */
export function openPool(connection: DatabaseConnection): pg.Pool {
  return openShared(connection, 'stacksense', POOL_SIZE)
}

/** Connections for what a hub does by itself and must not wait with, however much is asked of it. */
export function openWatchPool(connection: DatabaseConnection): pg.Pool {
  return openShared(connection, 'stacksense watch', WATCH_POOL_SIZE)
}

function openShared(connection: DatabaseConnection, name: string, size: number): pg.Pool {
  const config = settings(connection, SESSION, name)
  return open({ ...config, query_timeout: STATEMENT_TIMEOUT_MS + ANSWER_GRACE_MS }, size)
}

/** The writer's one connection: heartbeats and stamps go through it, one transaction at a time. */
export function openWriterPool(connection: DatabaseConnection): pg.Pool {
  return open(
    {
      ...settings(connection, WRITER_SESSION, 'stacksense writer'),
      query_timeout: WRITER_STATEMENT_TIMEOUT_MS + ANSWER_GRACE_MS,
    },
    1,
  )
}

/** A connection of its own, for LISTEN or a session lock. The caller connects, handles `error` and ends it. */
export function newClient(connection: DatabaseConnection, name: string, session: readonly string[] = []): pg.Client {
  return new pg.Client({
    ...settings(connection, session, name),
    query_timeout: LONE_ANSWER_TIMEOUT_MS,
    keepAlive: true,
  })
}

function open(config: pg.ClientConfig, max: number): pg.Pool {
  const min = Math.min(POOL_MIN, max)
  const pool = new pg.Pool({ ...config, max, min, idleTimeoutMillis: IDLE_TIMEOUT_MS })
  // A connection that breaks while idle is dropped and replaced by the pool; without a listener it would end the process.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}

function settings(connection: DatabaseConnection, session: readonly string[], name: string): pg.ClientConfig {
  const given = Object.fromEntries(Object.entries(connection).filter(([, value]) => value !== undefined))
  return {
    ...given,
    application_name: name,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    options: [...EVERY_SESSION, ...session].map((setting) => `-c ${setting}`).join(' '),
    types: TYPES,
  }
}
