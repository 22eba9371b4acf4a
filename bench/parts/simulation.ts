import { migrate } from '../../server/src/store/migrate.ts'
import { readOptions } from '../../simulate/options.ts'
import type { Percentiles } from '../../simulate/percentiles.ts'
import type { Result } from '../../simulate/result.ts'
import { simulate } from '../../simulate/run.ts'
import { TAG } from '../../simulate/server-list.ts'
import type { Bench, Part } from '../part.ts'
import { table } from '../results.ts'
import type { Cluster, ClusterKind, Database } from '../stage/cluster.ts'
import { addFleet } from '../stage/fleet.ts'
import { Hub } from '../stage/hub.ts'

const SERVERS = 100_000
const INTERVAL_SECONDS = 30

/** All begin within the first interval, live for two more, and then a tenth falls silent. */
const PLAY = `--servers ${SERVERS} --interval ${INTERVAL_SECONDS} --silence 10% --silence-after ${3 * INTERVAL_SECONDS + 1}`

export const simulation: Part = {
  key: 'simulate-100000',
  title: 'A hundred thousand servers, simulated and judged',
  onlyByName: true,
  run: async (bench) => {
    const columns: Column[] = []
    for (const kind of ['postgres', 'embedded'] as const) columns.push(...(await play(bench, kind)))
    return report(columns)
  },
}

interface Column {
  readonly on: string
  readonly result: Result
  readonly hubCpu: number
  readonly databaseCpu: number
  readonly hubMb: number
}

async function play(bench: Bench, kind: ClusterKind): Promise<Column[]> {
  const cluster = await bench.cluster(kind)
  if (!cluster) return []
  const database = await cluster.newDatabase()
  try {
    await migrate({ connectionString: database.url })
    return [await watch(bench, cluster, database)]
  } finally {
    await database.drop()
  }
}

async function watch(bench: Bench, cluster: Cluster, database: Database): Promise<Column> {
  const options = readOptions(PLAY.split(' '))
  if (options === 'help') throw new Error('The play is no play')
  const { offlineAfterSeconds } = options
  const fleet = await addFleet(database, SERVERS, { offlineAfterSeconds, tags: [TAG] })
  const hub = await Hub.start(database)
  const spent = () => [hub.cpuMs(), cluster.cpuMs() ?? Number.NaN] as const
  try {
    const [hubBefore, databaseBefore] = spent()
    const result = await simulate({
      hub: { urls: [hub.url], token: hub.token },
      options,
      fleet: fleet.map((server) => ({ ...server, id: String(server.id) })),
      signal: new AbortController().signal,
      log: bench.log,
    })
    const [hubAfter, databaseAfter] = spent()
    for (const { fault, server, proof } of result.findings.slice(0, 20)) bench.log(`${fault}: ${server}: ${proof}`)
    return {
      on: cluster.name,
      result,
      hubCpu: (hubAfter - hubBefore) / result.ranMs,
      databaseCpu: (databaseAfter - databaseBefore) / result.ranMs,
      hubMb: hub.residentMb(),
    }
  } finally {
    await hub.stop()
  }
}

function report(columns: readonly Column[]): string {
  const row = (name: string, cell: (column: Column) => string) => [name, ...columns.map(cell)]
  const rows = [
    row('heartbeats acknowledged', ({ result }) => count(result.heartbeats.acknowledged)),
    row('… and not', ({ result: { heartbeats } }) =>
      count(heartbeats.refused + heartbeats.unsent + heartbeats.unanswered),
    ),
    row('… answered in', ({ result }) => times(result.heartbeats.latencyMs)),
    row('rightly OFFLINE', ({ result }) => count(result.rightlyOffline)),
    row('false OFFLINE', ({ result }) => count(result.faults.FALSE_OFFLINE)),
    row('missed OFFLINE', ({ result }) => count(result.faults.MISSED_OFFLINE)),
    row('events lost, doubled or out of order', ({ result: { faults } }) =>
      count(faults.LOST + faults.DOUBLED + faults.OUT_OF_ORDER + faults.UNTOLD),
    ),
    row('acknowledged heartbeats lost', ({ result }) => count(result.faults.HEARTBEAT_LOST)),
    row('anything else wrong', ({ result: { faults } }) =>
      count(faults.FALSE_ONLINE + faults.MISSED_ONLINE + faults.HEARTBEAT_REFUSED + faults.NEVER_HEARD),
    ),
    row('observation gaps', ({ result }) => count(result.observationGaps)),
    row('deadline to subscriber', ({ result }) => times(result.lagMs.offline)),
    row('first heartbeat to subscriber', ({ result }) => times(result.lagMs.live)),
    row('hub, database: cores', (c) => `${c.hubCpu.toFixed(2)}, ${c.databaseCpu.toFixed(2)}`),
    row('hub memory', (c) => `${Math.round(c.hubMb)} MB`),
    row('a heartbeat left late by, at most', ({ result }) => `${Math.round(result.simulator.worstLatenessMs)} ms`),
  ]
  return `${count(SERVERS)} servers beat every ${INTERVAL_SECONDS} s over HTTP, from one process. All are heard for the first time within the first
${INTERVAL_SECONDS} s, live for two intervals more, and then a tenth falls silent. Times are p50 / p99 / max.

${table(['', ...columns.map(({ on }) => on)], rows)}`
}

function times(percentiles: Percentiles | null): string {
  if (!percentiles) return '–'
  const { p50, p99, max } = percentiles
  return `${p50.toFixed(0)} / ${p99.toFixed(0)} / ${max.toFixed(0)} ms`
}

function count(value: number): string {
  return value.toLocaleString('en')
}
