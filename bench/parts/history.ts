import { packDays } from '../../server/src/store/metric-days.ts'
import { rollUpSome } from '../../server/src/store/metric-rollup.ts'
import { migrate } from '../../server/src/store/migrate.ts'
import { maintainPartitions } from '../../server/src/store/partitions.ts'
import { DEFAULT_RETENTION } from '../../server/src/store/retention.ts'
import { Store } from '../../server/src/store/store.ts'
import { percentile } from '../figures.ts'
import type { Bench, Part } from '../part.ts'
import { table } from '../results.ts'
import type { Cluster, Database } from '../stage/cluster.ts'
import { addFleet } from '../stage/fleet.ts'
import { Hub } from '../stage/hub.ts'
import { addOutages, fillDay, repeatDay } from '../stage/metric-days.ts'

const SERVERS = Number(process.env.BENCH_SERVERS ?? 1_000)
const DAYS = 90
const DAY_MS = 86_400_000
const CHARTS = 200
const LISTS = 10

export const history: Part = {
  key: 'history',
  title: `Ninety days of metrics of ${SERVERS.toLocaleString('en')} servers, a sample a minute`,
  run: measure,
}

async function measure(bench: Bench): Promise<string> {
  const cluster = (await bench.cluster('postgres')) ?? (await bench.cluster('embedded'))
  if (!cluster) throw new Error('There is no PostgreSQL.')
  const database = await cluster.newDatabase()
  try {
    const connection = { connectionString: database.url }
    await migrate(connection)
    const store = await Store.open(connection)
    const rolled = await makeHistory(bench, { store, database, cluster }).finally(() => store.close())
    const hub = await Hub.start(database)
    try {
      const times = await askFor(bench, hub)
      return report(cluster.name, rolled, times)
    } finally {
      await hub.stop()
    }
  } finally {
    await database.drop()
  }
}

interface Rolled {
  readonly cpuSeconds: { readonly hub: number; readonly database: number | undefined }
  /** Bytes a server and day, tables with their indexes. */
  readonly bytes: {
    readonly unpacked: number
    readonly raw: number
    readonly fiveMinutes: number
    readonly hours: number
  }
}

/** One day the way that it comes, rolled up as a hub does it; then the same day for all of the others. */
async function makeHistory(
  bench: Bench,
  { store, database, cluster }: { store: Store; database: Database; cluster: Cluster },
): Promise<Rolled> {
  const { client } = database
  await client.query(`set timezone = 'UTC'`)
  await addFleet(database, SERVERS, { lastHeardSecondsAgo: 0, offlineAfterSeconds: 86_400 })
  await maintainPartitions(store, DEFAULT_RETENTION)
  const day = new Date(Date.now() - DAY_MS).toISOString().slice(0, 10)
  await fillDay(client, day)
  await client.query('vacuum analyze metric_sample')
  const unpacked = (await sizeOf(database, 'metric_sample')) / SERVERS
  bench.log(`A day of samples is there: ${Math.round(unpacked / 1_000)} kB a server, not packed.`)

  const before = { hub: process.cpuUsage(), database: cluster.cpuMs() }
  await rollUpAll(store)
  const { user, system } = process.cpuUsage(before.hub)
  const after = cluster.cpuMs()
  const databaseSeconds =
    before.database === undefined || after === undefined ? undefined : (after - before.database) / 1_000
  bench.log(`Rolled up: ${(user + system) / 1e6} s of the hub, ${databaseSeconds} s of PostgreSQL.`)

  await repeatDay(client, day, { raw: 1, fiveMinutes: 29, hours: DAYS - 1 })
  await addOutages(client, DAYS)
  await client.query('vacuum analyze')
  const bytes = {
    unpacked,
    raw: (await sizeOf(database, 'metric_raw')) / SERVERS / 2,
    fiveMinutes: (await sizeOf(database, 'metric_five_minutes')) / SERVERS / 30,
    hours: (await sizeOf(database, 'metric_hours')) / SERVERS / DAYS,
  }
  return { cpuSeconds: { hub: (user + system) / 1e6, database: databaseSeconds }, bytes }
}

async function rollUpAll(store: Store): Promise<void> {
  for (const work of [rollUpSome, packDays]) {
    for (let step = await work(store); step.done > 0; step = await work(store, { from: step.last }));
  }
}

async function sizeOf({ client }: Database, parent: string): Promise<number> {
  const { rows } = await client.query<{ bytes: number }>(
    `select sum(pg_total_relation_size(inhrelid))::float8 as bytes from pg_inherits where inhparent = $1::regclass`,
    [parent],
  )
  return rows[0]?.bytes ?? 0
}

const FIGURE = '{ min mean max }'
const CHART = `query ($id: ID!, $from: DateTime!) { metrics(serverId: $id, from: $from, maxPoints: 300) { resolution
  dataGaps { from until } observationGaps { from until }
  buckets { at samples cpuPercent ${FIGURE} memoryPercent ${FIGURE} swapPercent ${FIGURE} load1 ${FIGURE} load5 ${FIGURE}
    load15 ${FIGURE} networkRxBytesPerSecond ${FIGURE} networkTxBytesPerSecond ${FIGURE}
    diskReadBytesPerSecond ${FIGURE} diskWriteBytesPerSecond ${FIGURE} disks { mount usedPercent ${FIGURE} } } } }`
const AVAILABILITY =
  'query ($from: DateTime!) { servers(first: 1000) { nodes { id availability(from: $from) { percent } } } }'
const STRIPS = `query ($from: DateTime!) { servers(first: 200) { nodes { id statusStrip(from: $from, buckets: 48) } } }`
const BAND =
  'query ($from: DateTime!) { fleetHistory(from: $from, buckets: 96) { online warning offline unobservedSeconds } }'

/** What was asked, and how long the answers took, in milliseconds. */
type Times = readonly (readonly [name: string, times: readonly number[]])[]

async function askFor(bench: Bench, hub: Hub): Promise<Times> {
  const ago = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString()
  const { servers } = await ask<{ servers: { nodes: { id: string }[] } }>(
    hub,
    '{ servers(first: 1000) { nodes { id } } }',
  )
  const ids = servers.nodes.map(({ id }) => id)
  const charts = (days: number) =>
    timed(CHARTS, (i) => ask(hub, CHART, { id: ids[(i * 37) % ids.length], from: ago(days) }))
  const times: [string, number[]][] = []
  for (const days of [90, 30, 7, 1]) times.push([`chart of ${days} d, every figure, 300 points`, await charts(days)])
  for (const days of [90, 1]) {
    const name = `availability of ${ids.length.toLocaleString('en')} servers over ${days} d`
    times.push([name, await timed(LISTS, () => ask(hub, AVAILABILITY, { from: ago(days) }))])
  }
  times.push(['strips of 200 servers, 24 h', await timed(LISTS, () => ask(hub, STRIPS, { from: ago(1) }))])
  times.push(['fleet history of 24 h', await timed(LISTS, () => ask(hub, BAND, { from: ago(1) }))])
  for (const [name, of] of times) bench.log(`${name}: p95 ${percentile(of, 95).toFixed(1)} ms`)
  return times
}

/** One after the other; the first tenth warms up. */
async function timed(count: number, work: (i: number) => Promise<unknown>): Promise<number[]> {
  const times: number[] = []
  for (let i = -Math.ceil(count / 10); i < count; i++) {
    const startedAt = performance.now()
    await work(Math.abs(i))
    if (i >= 0) times.push(performance.now() - startedAt)
  }
  return times
}

async function ask<T>(hub: Hub, query: string, variables: object = {}): Promise<T> {
  const response = await fetch(`${hub.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${hub.token}` },
    body: JSON.stringify({ query, variables }),
  })
  const { data, errors } = (await response.json()) as { data?: T; errors?: object[] }
  if (data === undefined || errors) throw new Error(JSON.stringify(errors))
  return data
}

function report(database: string, { cpuSeconds, bytes }: Rolled, times: Times): string {
  const kb = (value: number) => (value / 1_000).toFixed(1)
  const total = bytes.raw + bytes.fiveMinutes + bytes.hours
  const cpu = cpuSeconds.database === undefined ? undefined : cpuSeconds.hub + cpuSeconds.database
  return `On ${database}, with its own defaults. One day was put in as samples and rolled up as a hub does it; the other days are
copies of it. An outage a day of each server, a gap in observation a day.

${table(
  ['kB a server and day, with indexes', 'packed samples', '5 minutes', '1 hour', 'together', 'to reach'],
  [['', kb(bytes.raw), kb(bytes.fiveMinutes), kb(bytes.hours), kb(total), '150']],
)}

Until their hour is over, samples are rows: ${kb(bytes.unpacked / 24)} kB a server and hour, once, not each day.

${table(
  ['CPU to roll up one day, s', 'hub', 'PostgreSQL', 'together', 'to reach'],
  [['', cpuSeconds.hub.toFixed(1), cpuSeconds.database?.toFixed(1) ?? 'unknown', cpu?.toFixed(1) ?? 'unknown', '60']],
)}

By GraphQL over HTTP, one question at a time:

${table(
  ['answer in ms', 'p50', 'p95'],
  times.map(([name, of]) => [name, percentile(of, 50).toFixed(1), percentile(of, 95).toFixed(1)]),
)}

To reach: 50 ms at p95 for the chart of 90 days.`
}
