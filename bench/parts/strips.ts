import { migrate } from '../../server/src/store/migrate.ts'
import { percentile } from '../figures.ts'
import type { Part } from '../part.ts'
import { table } from '../results.ts'
import type { Database } from '../stage/cluster.ts'
import { addFleet } from '../stage/fleet.ts'
import { Hub } from '../stage/hub.ts'
import { addOutages } from '../stage/metric-days.ts'

const SERVERS = 10_000
/** Of the whole fleet in 24 hours: each server came and went once, or five times. */
const EVENTS = [20_000, 100_000]
const ROUNDS = 21
const HOUR_MS = 3_600_000

/** As the page asks: the rows in view, and the band over the list. */
const STRIPS = `query ($ids: [ID!]!, $from: DateTime!) { servers(filter: { ids: $ids }, first: 50) { nodes {
  id statusStrip(from: $from, buckets: 60) } } }`
const BAND = `query ($from: DateTime!) { fleetHistory(from: $from, buckets: 144) {
  at warning offline online unobservedSeconds } }`

export const strips: Part = {
  key: 'strips',
  title: `Status strips of 50 servers of ${SERVERS.toLocaleString('en')}, and the band of all of them`,
  run: async (bench) => {
    const cluster = (await bench.cluster('postgres')) ?? (await bench.cluster('embedded'))
    if (!cluster) return 'There is no PostgreSQL on this machine.'
    const database = await cluster.newDatabase()
    try {
      await migrate({ connectionString: database.url })
      await addFleet(database, SERVERS, { lastHeardSecondsAgo: 0, offlineAfterSeconds: 86_400 })
      const rows = []
      for (const events of EVENTS) rows.push(...(await measure(database, events)))
      return `On ${cluster.name}. Answers by GraphQL over HTTP, one question at a time, in ms.

${table(['question', 'events in 24 h', 'p50', 'p95'], rows)}`
    } finally {
      await database.drop()
    }
  },
}

async function measure(database: Database, events: number): Promise<string[][]> {
  await database.client.query('truncate status_event, observation_gap, availability_sum')
  await addOutages(database.client, 1, events / 2 / SERVERS)
  await database.client.query('vacuum analyze status_event, server')
  const { rows } = await database.client.query<{ id: string }>('select id::text from server order by id limit 50')
  const ids = rows.map(({ id }) => id)
  const hub = await Hub.start(database)
  try {
    const row = async (name: string, query: string, hours: number) => {
      const times = await timesOf(hub, query, () => ({
        ids,
        from: new Date(Date.now() - hours * HOUR_MS).toISOString(),
      }))
      const [p50, p95] = [50, 95].map((rank) => percentile(times, rank).toFixed(1))
      return [name, events.toLocaleString('en'), `${p50}`, `${p95}`]
    }
    return [
      await row('strips of 50 servers, 60 min', STRIPS, 1),
      await row('strips of 50 servers, 24 h', STRIPS, 24),
      await row('band of the fleet, 24 h', BAND, 24),
    ]
  } finally {
    await hub.stop()
  }
}

/** The first third warms up. */
async function timesOf(hub: Hub, query: string, variables: () => object): Promise<number[]> {
  const times: number[] = []
  for (let i = -ROUNDS / 3; i < ROUNDS; i++) {
    const startedAt = performance.now()
    const response = await fetch(`${hub.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${hub.token}` },
      body: JSON.stringify({ query, variables: variables() }),
    })
    const { data, errors } = (await response.json()) as { data?: object; errors?: object[] }
    if (!data || errors) throw new Error(JSON.stringify(errors))
    if (i >= 0) times.push(performance.now() - startedAt)
  }
  return times
}
