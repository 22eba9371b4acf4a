import pg from 'pg'
import { StartError } from '../errors.ts'
import { connectWhenUp, reasonOf } from './connect.ts'
import type { OpenDatabase } from './connection.ts'
import { addressOf } from './database-url.ts'

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
    const complaint = complaintAbout(await look(client))
    if (complaint) throw new StartError(`DATABASE_URL: PostgreSQL at ${address} ${complaint}`)
  } finally {
    await client.end()
  }
  return { connection, embedded: false, stop: async () => {} }
}

interface Found {
  readonly version: string
  readonly number: number
  readonly encoding: string
  readonly replica: boolean
}

async function look(client: pg.Client): Promise<Found> {
  const { rows } = await client.query<Found>(
    `SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number,
            current_setting('server_encoding') AS encoding, pg_is_in_recovery() AS replica`,
  )
  return rows[0] as Found
}

/** What keeps StackSense from working there, as the end of a sentence. */
export function complaintAbout({ version, number, encoding, replica }: Found): string | undefined {
  if (number < OLDEST_VERSION * 10_000) return `is version ${version}; StackSense needs ${OLDEST_VERSION} or newer.`
  if (encoding !== 'UTF8') return `holds a database with encoding ${encoding}; StackSense needs UTF8.`
  if (replica) return 'is a read-only replica; StackSense needs the primary.'
  return undefined
}
