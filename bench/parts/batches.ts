import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate } from '../../server/src/store/migrate.ts'
import { Store } from '../../server/src/store/store.ts'
import { writeHeartbeats } from '../../server/src/store/write-heartbeats.ts'
import type { Part } from '../part.ts'
import { table } from '../results.ts'
import type { Cluster, Database } from '../stage/cluster.ts'
import { addFleet, type FleetServer } from '../stage/fleet.ts'
import { NO_POSTGRES } from '../stage/ingest.ts'

const SERVERS = 10_000
const BATCH = 1_000
const SECONDS = 3
const PGBENCH_CLIENTS = [1, 2, 4]

export const batches: Part = {
  key: 'batches',
  title: 'The batch update: against pgbench, heap-only updates, WAL',
  run: async (bench) => {
    const cluster = await bench.cluster('postgres')
    if (!cluster) return NO_POSTGRES
    const database = await cluster.newDatabase()
    await migrate({ connectionString: database.url })
    const store = await Store.open({ connectionString: database.url })
    try {
      const fleet = await addFleet(database, SERVERS, { lastHeardSecondsAgo: 0, offlineAfterSeconds: 86_400 })
      await writeFor(store, fleet, 1)
      const before = await figuresOf(database)
      const own = await writeFor(store, fleet, SECONDS)
      const after = await figuresOf(database)
      return report(cluster, own, before, after, pgbench(cluster, database))
    } finally {
      await store.close()
      await database.drop()
    }
  },
}

/** Writes batch after batch, one under way at a time, as the group-commit writer does; answers rows a second. */
async function writeFor(store: Store, fleet: readonly FleetServer[], seconds: number): Promise<number> {
  const startedAt = performance.now()
  let rows = 0
  while (performance.now() - startedAt < seconds * 1_000) {
    const from = rows % fleet.length
    const arrivedAtMs = performance.now()
    const batch = fleet
      .slice(from, from + BATCH)
      .map(({ id }) => ({ serverId: id, arrivedAtMs, agentVersion: '1.0.0' }))
    rows += (await writeHeartbeats(store, batch)).size
  }
  return (rows * 1_000) / (performance.now() - startedAt)
}

interface Figures {
  readonly updates: number
  readonly hot: number
  readonly walBytes: number
}

async function figuresOf({ client }: Database): Promise<Figures> {
  // Sessions report what they did at most once a second.
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  const { rows } = await client.query<Figures>(
    `select n_tup_upd::float8 as updates, n_tup_hot_upd::float8 as hot,
       pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8 as "walBytes"
     from pg_stat_user_tables where relname = 'server_heartbeat'`,
  )
  return rows[0] as Figures
}

/** The same call, of the same rows; pgbench reads the answer as we do, and throws it away. */
const SCRIPT = `\\set batch random(0, ${SERVERS / BATCH - 1})
select * from write_heartbeats(
  (select array_agg(i) from generate_series(:batch * ${BATCH} + 1, :batch * ${BATCH} + ${BATCH}) i),
  array_fill(0.25::float8, array[${BATCH}]), array_fill('1.0.0'::text, array[${BATCH}]), null, null, false);
`

/** Rows a second by number of clients; none where there is no pgbench. */
function pgbench({ binDir }: Cluster, { url }: Database): Map<number, number> {
  if (binDir === undefined) return new Map()
  const folder = mkdtempSync(join(tmpdir(), 'ss-pgbench-'))
  const script = join(folder, 'batch.sql')
  writeFileSync(script, SCRIPT)
  try {
    return new Map(PGBENCH_CLIENTS.map((clients) => [clients, BATCH * transactionsPerSecond(clients)]))
  } finally {
    rmSync(folder, { recursive: true })
  }

  function transactionsPerSecond(clients: number): number {
    const options = ['-n', '-M', 'prepared', '-c', String(clients), '-j', '1', '-T', String(SECONDS), '-f', script, url]
    // Without JIT, as our own sessions are.
    const env = { ...process.env, PGOPTIONS: '-c jit=off' }
    const text = execFileSync(join(binDir as string, 'pgbench'), options, { encoding: 'utf8', env })
    return Number(/tps = ([\d.]+)/.exec(text)?.[1])
  }
}

function report(
  { name }: Cluster,
  own: number,
  before: Figures,
  after: Figures,
  byPgbench: ReadonlyMap<number, number>,
): string {
  const updates = after.updates - before.updates
  const best = Math.max(...byPgbench.values())
  const rows = [
    ['rows/s by our writer, one connection', own.toFixed(0)],
    ...[...byPgbench].map(([clients, perSecond]) => [`rows/s by pgbench, ${clients} clients`, perSecond.toFixed(0)]),
    ["our writer against pgbench's best", (own / best).toFixed(2)],
    ['heap-only updates', `${(((after.hot - before.hot) / updates) * 100).toFixed(2)} %`],
    ['WAL a heartbeat', `${((after.walBytes - before.walBytes) / updates).toFixed(0)} B`],
  ]
  return `On ${name}, batches of ${BATCH.toLocaleString('en')} of ${SERVERS.toLocaleString('en')} servers; both call the same function.

${table(['figure', ''], rows)}`
}
