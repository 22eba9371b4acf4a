import pg from 'pg'
import { StartError } from '../errors.ts'
import type { OpenDatabase } from './connection.ts'
import { addressOf } from './database-url.ts'
import { connectWhenUp, reasonOf } from './connect.ts'

const OLDEST_VERSION = 15
const CONNECT_TIMEOUT_MS = 10_000
const START_UP_TIMEOUT_MS = 30_000

/** A PostgreSQL that somebody else runs. Checked once, so that what cannot work ends at the start with a sentence. */
export async function openByUrl(databaseUrl: string): Promise<OpenDatabase> {
  const address = addressOf(databaseUrl)
  const connection = { connectionString: databaseUrl }
  let client: pg.Client
  try {
    client = await connectWhenUp(
      () => new pg.Client({ ...connection, connectionTimeoutMillis: CONNECT_TIMEOUT_MS }),
      START_UP_TIMEOUT_MS,
    )
  } catch (error) {
    throw new StartError(`DATABASE_URL: cannot connect to PostgreSQL at ${address}: ${reasonOf(error)}`)
  }
  try {
    const complaint = await complaintAbout(client)
    if (complaint) throw new StartError(`DATABASE_URL: PostgreSQL at ${address} ${complaint}`)
  } finally {
    await client.end()
  }
  return { connection, embedded: false, stop: async () => {} }
}

async function complaintAbout(client: pg.Client): Promise<string | undefined> {
  const { rows } = await client.query<{ version: string; number: number; encoding: string; replica: boolean }>(
    `SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number,
            current_setting('server_encoding') AS encoding, pg_is_in_recovery() AS replica`,
  )
  const found = rows[0]
  if (!found) return 'did not answer the question for its version.'
  if (found.number < OLDEST_VERSION * 10_000) {
    return `is version ${found.version}; StackSense needs ${OLDEST_VERSION} or newer.`
  }
  if (found.encoding !== 'UTF8') return `holds a database with encoding ${found.encoding}; StackSense needs UTF8.`
  if (found.replica) return 'is a read-only replica; StackSense needs the primary.'
  return undefined
}
