import { createHash } from 'node:crypto'
import type { Database } from './cluster.ts'

/** A server of the bench's, as its agent knows it. */
export interface FleetServer {
  readonly id: number
  readonly name: string
  readonly token: string
}

const tokenOf = (number: number) => `ssa_${createHash('sha256').update(`bench ${number}`).digest('base64url')}`
const NAME = (number: number) => `bench-${String(number).padStart(6, '0')}`

/**
 * Puts servers into a database whose tables are up to date (a hub has been started on it), past the API: a hundred
 * thousand calls would take longer than what is to be measured.
 *
 * @param lastHeardSecondsAgo null for servers that were never heard; else they are ONLINE, last heard so long ago.
 */
export async function addFleet(
  { client }: Database,
  count: number,
  {
    lastHeardSecondsAgo = null,
    offlineAfterSeconds = 60,
    tags = [],
  }: { lastHeardSecondsAgo?: number | null; offlineAfterSeconds?: number; tags?: readonly string[] } = {},
): Promise<FleetServer[]> {
  const numbers = Array.from({ length: count }, (_, i) => i + 1)
  const hashes = numbers.map((number) => createHash('sha256').update(tokenOf(number)).digest('hex'))
  const status = lastHeardSecondsAgo === null ? ['OFFLINE', 'NEVER_SEEN'] : ['ONLINE', 'HEALTHY']
  const { rows } = await client.query<{ id: number; name: string }>(
    `with made as (
       insert into server (name, agent_token_hash, offline_after_seconds, status, status_reason, tags)
       select name, decode(hash, 'hex'), $3, $4, $5, $7 from unnest($1::text[], $2::text[]) as f (name, hash)
       order by name returning id, name
     ), heard as (
       insert into server_heartbeat (server_id, last_heartbeat_at)
       select id, statement_timestamp() - $6::float8 * interval '1 s' from made order by id
     )
     select id, name from made order by name`,
    [numbers.map(NAME), hashes, offlineAfterSeconds, ...status, lastHeardSecondsAgo, tags],
  )
  await client.query('vacuum analyze server, server_heartbeat')
  return rows.map(({ id, name }, i) => ({ id, name, token: tokenOf(i + 1) }))
}
