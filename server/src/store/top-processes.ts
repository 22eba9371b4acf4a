import type { ProcessUsage } from '../core/metrics.ts'
import type { Instant, ServerId } from '../core/types.ts'
import { ms } from './instant.ts'
import type { SampleEntry } from './metric-samples.ts'
import type { Store } from './store.ts'
import { inStatement, reachable } from './transaction.ts'

/** The processes of a server that took most when they were last looked at. */
export interface TopProcesses {
  readonly at: Instant
  readonly processes: readonly ProcessUsage[]
}

/**
 * Keeps each server's newest list, one row a server: it answers "what is it busy with", not "what was it". A list that was
 * measured before the one that is there changes nothing.
 */
export async function keepProcesses(store: Store, entries: readonly SampleEntry[]): Promise<void> {
  const newest = newestLists(entries)
  if (newest.length === 0) return
  const sinceMs = performance.now()
  await inStatement(store.pool, () => ({
    name: 'keep-processes',
    text: `
      insert into top_processes (server_id, at, processes)
      select server_id, statement_timestamp() - age_ms * interval '1 millisecond', processes::jsonb
      from unnest($1::int[], $2::float8[], $3::text[]) as given (server_id, age_ms, processes)
        join server_heartbeat using (server_id)
      order by server_id
      on conflict (server_id) do update set at = excluded.at, processes = excluded.processes
        where top_processes.at < excluded.at`,
    values: [
      newest.map((entry) => entry.serverId),
      newest.map((entry) => entry.ageMs + performance.now() - sinceMs),
      newest.map((entry) => JSON.stringify(entry.processes)),
    ],
  }))
}

function newestLists(entries: readonly SampleEntry[]): SampleEntry[] {
  const byServer = new Map<ServerId, SampleEntry>()
  for (const entry of entries) {
    const known = byServer.get(entry.serverId)
    if (entry.processes?.length && (known === undefined || entry.ageMs < known.ageMs)) {
      byServer.set(entry.serverId, entry)
    }
  }
  return [...byServer.values()]
}

/** The newest list of each server, not older than a day. */
export async function findTopProcesses(store: Store, ids: readonly ServerId[]): Promise<Map<ServerId, TopProcesses>> {
  const { rows } = await reachable(() =>
    store.pool.query<TopProcesses & { serverId: ServerId }>({
      name: 'find-top-processes',
      text: `
        select server_id as "serverId", ${ms('at')} as at, processes from top_processes
        where server_id = any($1::int[]) and at > statement_timestamp() - interval '1 day'`,
      values: [ids],
    }),
  )
  return new Map(rows.map(({ serverId, ...list }) => [serverId, list]))
}
