import { migrate } from '../../server/src/store/migrate.ts'
import { percentile } from '../figures.ts'
import type { Part } from '../part.ts'
import { table } from '../results.ts'
import type { Database } from '../stage/cluster.ts'
import { addFleet } from '../stage/fleet.ts'
import { Hub } from '../stage/hub.ts'
import { ask, keepAlive } from '../stage/relay.ts'

const SERVERS = 10_000
const MEASURE_MS = 3_000

/** Three times as often as agents do. */
const BEAT_SECONDS = 10

const SERVER = 'id name tags status statusReason statusSince heartbeat { lastHeartbeatAt }'
const COUNTS = 'cursor counts { online warning offline neverSeen suspended total }'
const PAGE = `nodes { ${SERVER} } totalCount pageInfo { hasNextPage endCursor }`

const QUERIES: readonly (readonly [name: string, query: string])[] = [
  ['`fleet`, counts alone', `{ fleet { ${COUNTS} } }`],
  ['`fleet` with all servers', `{ fleet { ${COUNTS} servers { ${SERVER} } } }`],
  [
    '`servers(first: 50)` by status',
    `{ servers(first: 50, orderBy: STATUS, filter: { statuses: [OFFLINE] }) { ${PAGE} } }`,
  ],
  [
    '`servers(first: 50)` by search',
    `{ servers(first: 50, orderBy: NAME, filter: { search: "ch-0042" }) { ${PAGE} } }`,
  ],
]

export const queries: Part = {
  key: 'queries',
  title: 'Reading a fleet of 10,000 while it beats',
  run: async (bench) => {
    const cluster = (await bench.cluster('postgres')) ?? (await bench.cluster('embedded'))
    if (!cluster) return 'There is no PostgreSQL on this machine.'
    const database = await cluster.newDatabase()
    try {
      return report(cluster.name, await measure(database))
    } finally {
      await database.drop()
    }
  },
}

async function measure(database: Database): Promise<string[][]> {
  await migrate({ connectionString: database.url })
  const fleet = await addFleet(database, SERVERS, { lastHeardSecondsAgo: 1 })
  const hub = await Hub.start(database)
  const living = keepAlive(hub, fleet, BEAT_SECONDS)
  try {
    const rows = []
    for (const [name, query] of QUERIES) {
      await timesOf(hub, query, MEASURE_MS / 5) // warms up
      const times = await timesOf(hub, query, MEASURE_MS)
      rows.push([name, `${percentile(times, 50).toFixed(1)} ms`, `${percentile(times, 99).toFixed(1)} ms`])
    }
    return rows
  } finally {
    await living.stop()
    await hub.stop()
  }
}

async function timesOf(hub: Hub, query: string, forMs: number): Promise<number[]> {
  const times: number[] = []
  const until = performance.now() + forMs
  while (performance.now() < until) {
    const startedAt = performance.now()
    await ask(hub, query)
    times.push(performance.now() - startedAt)
  }
  return times
}

function report(name: string, rows: readonly (readonly string[])[]): string {
  return `On ${name}, over HTTP, one query after the other, while each of ${SERVERS.toLocaleString('en')} servers beats every ${BEAT_SECONDS} s.

${table(['query', 'p50', 'p99'], rows)}`
}
