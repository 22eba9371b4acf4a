import { median } from '../figures.ts'
import type { Bench, Part } from '../part.ts'
import { table } from '../results.ts'
import { type Bare, startBare } from '../stage/bare.ts'
import type { Cluster, ClusterKind } from '../stage/cluster.ts'
import { addFleet, type FleetServer } from '../stage/fleet.ts'
import { Hub } from '../stage/hub.ts'
import { type LoadResult, requestBytes, runLoad } from '../stage/load.ts'

const SERVERS = 10_000
const CONNECTIONS = [50, 400]
const ROUNDS = 3
const WARM_UP_MS = 1_000
const MEASURE_MS = 3_000

export const rest: Part = {
  key: 'rest',
  title: 'Heartbeats by REST, acknowledged after the commit',
  run: (bench) => measure(bench, 'postgres'),
}

export const restEmbedded: Part = {
  key: 'rest-embedded',
  title: 'Heartbeats by REST on the embedded database',
  run: (bench) => measure(bench, 'embedded'),
}

interface Round {
  readonly bare: LoadResult
  readonly bareCpuUs: number
  readonly hub: LoadResult
  readonly hubCpuUs: number
  readonly databaseCpuUs: number | undefined
}

async function measure(bench: Bench, kind: ClusterKind): Promise<string> {
  const cluster = await bench.cluster(kind)
  if (!cluster) return 'There is no PostgreSQL on this machine besides the embedded one.'
  const database = await cluster.newDatabase()
  const hub = await Hub.start(database)
  try {
    const fleet = await addFleet(database, SERVERS, { lastHeardSecondsAgo: 0, offlineAfterSeconds: 86_400 })
    const [first] = fleet as [FleetServer]
    const bare = await startBare(`${hub.url}/api/heartbeat/${first.id}/`, first.token)
    try {
      await prime(hub, fleet)
      const rows = []
      for (const connections of CONNECTIONS) {
        const rounds: Round[] = []
        for (let i = 0; i < ROUNDS; i++) rounds.push(await oneRound({ hub, bare, cluster }, fleet, connections))
        rows.push(rowOf(connections, rounds))
        bench.log(String(rows.at(-1)))
      }
      return report(cluster.name, rows)
    } finally {
      await bare.stop()
    }
  } finally {
    await hub.stop()
    await database.drop()
  }
}

/** Bare and hub one after the other, so that whatever else the machine does meets both. */
async function oneRound(
  { hub, bare, cluster }: { hub: Hub; bare: Bare; cluster: Cluster },
  fleet: readonly FleetServer[],
  connections: number,
): Promise<Round> {
  const bareCpu = meter(() => bare.cpuMs())
  const bareResult = await runLoad({ ...loadOf(bare.url, fleet, connections), ...bareCpu })
  const hubCpu = meter(() => hub.cpuMs())
  const databaseCpu = meter(() => cluster.cpuMs() ?? Number.NaN)
  const hubResult = await loadHub(hub, fleet, connections, {
    onBegin: () => [hubCpu, databaseCpu].forEach((one) => void one.onBegin()),
    onEnd: () => [hubCpu, databaseCpu].forEach((one) => void one.onEnd()),
  })
  return {
    bare: bareResult,
    bareCpuUs: (bareCpu.spentMs() * 1_000) / bareResult.answers,
    hub: hubResult,
    hubCpuUs: (hubCpu.spentMs() * 1_000) / hubResult.answers,
    databaseCpuUs: (databaseCpu.spentMs() * 1_000) / hubResult.answers,
  }
}

/** Every token is known to the hub before anything is measured, as it is half a minute after a start. */
async function prime(hub: Hub, fleet: readonly FleetServer[]): Promise<void> {
  const load = loadOf(hub.url, fleet, 200)
  let answers = 0
  while (answers < fleet.length) answers += (await runLoad({ ...load, warmUpMs: 0, measureMs: 500 })).answers
}

function loadHub(hub: Hub, fleet: readonly FleetServer[], connections: number, hooks = {}): Promise<LoadResult> {
  return runLoad({ ...loadOf(hub.url, fleet, connections), ...hooks })
}

function loadOf(url: string, fleet: readonly FleetServer[], connections: number) {
  const requests = fleet.map(({ id, token }) =>
    requestBytes(`/api/heartbeat/${id}/`, token, '{"agent_version":"1.0.0"}'),
  )
  let sent = 0
  return {
    url,
    connections,
    next: () => requests[sent++ % requests.length] as Buffer,
    accepts: '"heartbeat_received":true',
    warmUpMs: WARM_UP_MS,
    measureMs: MEASURE_MS,
  }
}

function meter(read: () => number) {
  let from = 0
  let until = 0
  return {
    onBegin: () => {
      from = read()
    },
    onEnd: () => {
      until = read()
    },
    spentMs: () => until - from,
  }
}

function rowOf(connections: number, rounds: readonly Round[]): (string | number)[] {
  const of = (figure: (round: Round) => number | undefined) =>
    median(rounds.map((round) => figure(round) ?? Number.NaN))
  return [
    connections,
    Math.round(of(({ hub }) => hub.perSecond)),
    Math.round(of(({ bare }) => bare.perSecond)),
    of(({ hub, bare }) => hub.perSecond / bare.perSecond).toFixed(2),
    `${of(({ hub }) => hub.p50Ms).toFixed(1)} / ${of(({ hub }) => hub.p99Ms).toFixed(1)} ms`,
    `${of(({ hub, bare }) => hub.p99Ms / bare.p99Ms).toFixed(1)}×`,
    of(({ hubCpuUs }) => hubCpuUs).toFixed(1),
    of(({ bareCpuUs }) => bareCpuUs).toFixed(1),
    of(({ databaseCpuUs }) => databaseCpuUs).toFixed(1),
  ]
}

function report(name: string, rows: readonly (readonly (string | number)[])[]): string {
  const heads = [
    'connections',
    'heartbeats/s',
    'bare node:http/s',
    'ratio',
    'p50 / p99',
    "p99 against bare's",
    'hub µs',
    'bare µs',
    'database µs',
  ]
  return `On ${name}, ${SERVERS.toLocaleString('en')} servers, each with a token of its own. µs are CPU time a heartbeat. Medians of ${ROUNDS} rounds.

${table(heads, rows)}`
}
