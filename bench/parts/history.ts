import type { RolledUp, RollUpStep } from '../../server/src/store/metric-step.ts'
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
/** Of what is kept for thirty days, so many are enough to tell the size and to draw a week. */
const FIVE_MINUTE_DAYS = 8
const CHARTS = 100
const LISTS = 30
/** In ninety days: a calm fleet, and one whose every server comes and goes. */
const EVENTS = [20, 2_000]

export const history: Part = {
  key: 'history',
  title: `Ninety days of metrics of ${SERVERS.toLocaleString('en')} servers, a sample a minute`,
  onlyByName: true,
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
    try {
      const rolled = await makeHistory(bench, { store, database, cluster })
      const times = []
      for (const perServer of EVENTS) {
        const summed = await makeEvents(bench, { store, database, cluster }, perServer)
        times.push({ summed, asked: await askHub(bench, database, perServer === EVENTS[0]) })
      }
      return report(cluster.name, rolled, times)
    } finally {
      await store.close()
    }
  } finally {
    await database.drop()
  }
}

interface Stage {
  readonly store: Store
  readonly database: Database
  readonly cluster: Cluster
}

async function askHub(bench: Bench, database: Database, withCharts: boolean): Promise<Times> {
  const hub = await Hub.start(database)
  try {
    return await askFor(bench, hub, withCharts)
  } finally {
    await hub.stop()
  }
}

interface Cpu {
  readonly hub: number
  /** Undefined where it runs elsewhere. */
  readonly database: number | undefined
}

/** CPU seconds of this process, which does the hub's work here, and of PostgreSQL. */
async function cpuOf(cluster: Cluster, work: () => Promise<void>): Promise<Cpu> {
  const [hubBefore, databaseBefore] = [process.cpuUsage(), cluster.cpuMs()]
  await work()
  const { user, system } = process.cpuUsage(hubBefore)
  const databaseAfter = cluster.cpuMs()
  const known = databaseBefore !== undefined && databaseAfter !== undefined
  return {
    hub: (user + system) / 1e6,
    database: known ? (databaseAfter - databaseBefore) / 1_000 : undefined,
  }
}

/** What a server's status did in ninety days, and what it cost to sum it and the rest of a year up at once. */
interface Summed {
  readonly perServer: number
  readonly cpu: Cpu
  readonly bytes: number
}

async function makeEvents(bench: Bench, { store, database, cluster }: Stage, perServer: number): Promise<Summed> {
  await database.client.query('truncate status_event, availability_sum, observation_gap')
  await database.client.query(
    `update availability_progress set through = 'epoch', target = null, next_server = 0, event_id = 0, gap_id = 0`,
  )
  await addOutages(database.client, DAYS, perServer / 2 / DAYS)
  await database.client.query('vacuum analyze status_event, server, observation_gap')
  bench.log(`${perServer} events a server are there.`)
  const { sumAvailability } =
    await built<typeof import('../../server/src/store/availability-sums.ts')>('store/availability-sums.js')
  const cpu = await cpuOf(cluster, () => workOff((step) => sumAvailability(store, DEFAULT_RETENTION, step)))
  await database.client.query('vacuum analyze availability_sum')
  const { rows } = await database.client.query<{ bytes: number }>(
    `select pg_total_relation_size('availability_sum')::float8 as bytes`,
  )
  bench.log(`They are summed: ${told(cpu)}`)
  return { perServer, cpu, bytes: (rows[0]?.bytes ?? 0) / SERVERS }
}

function told({ hub, database }: Cpu): string {
  return `${hub.toFixed(1)} s of the hub, ${database?.toFixed(1) ?? 'unknown'} s of PostgreSQL`
}

interface Rolled {
  readonly cpu: Cpu
  /** Bytes a server and day, tables with their indexes. */
  readonly bytes: {
    readonly unpacked: number
    readonly raw: number
    readonly fiveMinutes: number
    readonly hours: number
  }
}

/** One day the way that it comes, rolled up as a hub does it; then the same day for all of the others. */
async function makeHistory(bench: Bench, { store, database, cluster }: Stage): Promise<Rolled> {
  const { client } = database
  await client.query(`set timezone = 'UTC'`)
  await addFleet(database, SERVERS, { lastHeardSecondsAgo: 0, offlineAfterSeconds: 86_400 })
  await maintainPartitions(store, DEFAULT_RETENTION)
  const day = new Date(Date.now() - DAY_MS).toISOString().slice(0, 10)
  await fillDay(client, day)
  await client.query('vacuum analyze metric_sample')
  await client.query('checkpoint')
  const unpacked = (await sizeOf(database, 'metric_sample')) / SERVERS
  bench.log(`A day of samples is there: ${Math.round(unpacked / 1_000)} kB a server, not packed.`)

  const { rollUpSome } = await built<typeof import('../../server/src/store/metric-rollup.ts')>('store/metric-rollup.js')
  const { packDays } = await built<typeof import('../../server/src/store/metric-days.ts')>('store/metric-days.js')
  const cpu = await cpuOf(cluster, async () => {
    await workOff((step) => rollUpSome(store, step))
    await workOff((step) => packDays(store, step))
  })
  bench.log(`Rolled up: ${told(cpu)}`)

  await repeatDay(client, day, { raw: 1, fiveMinutes: FIVE_MINUTE_DAYS - 1, hours: DAYS - 1 })
  await client.query('vacuum analyze')
  bench.log('The other days are there.')
  const bytes = {
    unpacked,
    raw: (await sizeOf(database, 'metric_raw')) / SERVERS / 2,
    fiveMinutes: (await sizeOf(database, 'metric_five_minutes')) / SERVERS / FIVE_MINUTE_DAYS,
    hours: (await sizeOf(database, 'metric_hours')) / SERVERS / DAYS,
  }
  return { cpu, bytes }
}

/** The hub's own build: what runs a program as it is written costs a tenth more. */
function built<T>(path: string): Promise<T> {
  return import(new URL(`../../server/dist/${path}`, import.meta.url).href) as Promise<T>
}

async function workOff(work: (step: RollUpStep) => Promise<RolledUp>): Promise<void> {
  for (let step = await work({}); step.done > 0; step = await work({ from: step.last }));
}

async function sizeOf({ client }: Database, parent: string): Promise<number> {
  const { rows } = await client.query<{ bytes: number }>(
    `select sum(pg_total_relation_size(inhrelid))::float8 as bytes from pg_inherits where inhparent = $1::regclass`,
    [parent],
  )
  return rows[0]?.bytes ?? 0
}

const FIGURE = '{ min mean max }'
const CHART = `query ($id: ID!, $from: DateTime!) { metrics(serverId: $id, from: $from, maxPoints: 480) {
  bucketSeconds observationGaps { from until }
  buckets { at samples cpuPercent ${FIGURE} memoryPercent ${FIGURE} swapPercent ${FIGURE} load1 ${FIGURE} load5 ${FIGURE}
    load15 ${FIGURE} networkRxBytesPerSecond ${FIGURE} networkTxBytesPerSecond ${FIGURE}
    diskReadBytesPerSecond ${FIGURE} diskWriteBytesPerSecond ${FIGURE} disks { mount usedPercent ${FIGURE} } } } }`
const AVAILABILITY =
  'query ($from: DateTime!) { servers(first: 1000) { nodes { id availability(from: $from) { percent } } } }'
const ONE_CHART = `query ($id: ID!, $from: DateTime!) { metrics(serverId: $id, from: $from, maxPoints: 480) {
  buckets { at cpuPercent ${FIGURE} } } }`

/** What was asked, and how long the answers took, in milliseconds. */
type Times = readonly (readonly [name: string, times: readonly number[]])[]

async function askFor(bench: Bench, hub: Hub, withCharts: boolean): Promise<Times> {
  const ago = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString()
  const { servers } = await ask<{ servers: { nodes: { id: string }[] } }>(
    hub,
    '{ servers(first: 1000) { nodes { id } } }',
  )
  const ids = servers.nodes.map(({ id }) => id)
  const charts = (query: string, days: number) =>
    timed(CHARTS, (i) => ask(hub, query, { id: ids[(i * 37) % ids.length], from: ago(days) }))
  const times: [string, number[]][] = []
  for (const days of withCharts ? [90, 30, 7, 1] : []) {
    times.push([`charts of ${days} d, every figure, as the page asks`, await charts(CHART, days)])
    times.push([`chart of ${days} d, one figure`, await charts(ONE_CHART, days)])
  }
  for (const days of [90, 1]) {
    const name = `availability of ${ids.length.toLocaleString('en')} servers over ${days} d`
    times.push([name, await timed(LISTS, () => ask(hub, AVAILABILITY, { from: ago(days) }))])
  }
  times.push([
    'the same list without it',
    await timed(LISTS, () => ask(hub, '{ servers(first: 1000) { nodes { id } } }')),
  ])
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

interface Asked {
  readonly summed: Summed
  readonly asked: Times
}

function report(database: string, { cpu, bytes }: Rolled, asked: readonly Asked[]): string {
  const kb = (value: number) => (value / 1_000).toFixed(1)
  const total = bytes.raw + bytes.fiveMinutes + bytes.hours
  const cells = ({ hub, database }: Cpu) => [
    hub.toFixed(1),
    database?.toFixed(1) ?? 'unknown',
    database === undefined ? 'unknown' : (hub + database).toFixed(1),
  ]
  return `On ${database}, with its own defaults. One day was put in as samples and rolled up as a hub does it; the other days are
copies of it. A gap in observation a day.

${table(
  ['kB a server and day, with indexes', 'packed samples', '5 minutes', '1 hour', 'together', 'to reach'],
  [['', kb(bytes.raw), kb(bytes.fiveMinutes), kb(bytes.hours), kb(total), '150']],
)}

Until their hour is over, samples are rows: ${kb(bytes.unpacked / 24)} kB a server and hour, once, not each day.

${table(['CPU to roll up one day, s', 'hub', 'PostgreSQL', 'together', 'to reach'], [['', ...cells(cpu), '60']])}

Availability of a year whose last 90 days have these events, summed from nothing as at the first start after an upgrade:

${table(
  ['status events a server in 90 days', 'hub, s', 'PostgreSQL, s', 'together', 'kB a server'],
  asked.map(({ summed }) => [summed.perServer, ...cells(summed.cpu), kb(summed.bytes)]),
)}

By GraphQL over HTTP, one question at a time:

${table(
  ['answer in ms', 'events a server', 'p50', 'p95'],
  asked.flatMap(({ summed, asked }) =>
    asked.map(([name, of]) => [name, summed.perServer, percentile(of, 50).toFixed(1), percentile(of, 95).toFixed(1)]),
  ),
)}

To reach: 50 ms at p95 for the charts of 90 days.`
}
