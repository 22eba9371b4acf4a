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
import { NO_POSTGRES } from '../stage/ingest.ts'

const SERVERS = 100_000
const INTERVAL_SECONDS = 30

/** All begin within the first interval, live for two more, and then a tenth falls silent. */
const PLAY = `--servers ${SERVERS} --interval ${INTERVAL_SECONDS} --silence 10% --silence-after ${3 * INTERVAL_SECONDS + 1}`

export const simulation: Part = {
  key: 'simulate-100000',
  title: 'A hundred thousand servers, simulated and judged',
  onlyByName: true,
  run: (bench) => play(bench, 'postgres'),
}

export const simulationEmbedded: Part = {
  key: 'simulate-100000-embedded',
  title: 'A hundred thousand servers on the embedded database',
  onlyByName: true,
  run: (bench) => play(bench, 'embedded'),
}

interface Outcome {
  readonly on: string
  readonly result: Result
  readonly hubCpu: number
  readonly databaseCpu: number
  readonly hubMb: number
}

async function play(bench: Bench, kind: ClusterKind): Promise<string> {
  const cluster = await bench.cluster(kind)
  if (!cluster) return NO_POSTGRES
  const database = await cluster.newDatabase()
  try {
    await migrate({ connectionString: database.url })
    return report(await watch(bench, cluster, database))
  } finally {
    await database.drop()
  }
}

async function watch(bench: Bench, cluster: Cluster, database: Database): Promise<Outcome> {
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

function report({ on, result, hubCpu, databaseCpu, hubMb }: Outcome): string {
  const { heartbeats, faults, lagMs, simulator } = result
  const rows = [
    ['heartbeats acknowledged', count(heartbeats.acknowledged)],
    ['… and not', count(heartbeats.refused + heartbeats.unsent + heartbeats.unanswered)],
    ['… answered in', times(heartbeats.latencyMs)],
    ['rightly OFFLINE', count(result.rightlyOffline)],
    ['false OFFLINE', count(faults.FALSE_OFFLINE)],
    ['missed OFFLINE', count(faults.MISSED_OFFLINE)],
    ['events lost, doubled or out of order', count(faults.LOST + faults.DOUBLED + faults.OUT_OF_ORDER + faults.UNTOLD)],
    ['acknowledged heartbeats lost', count(faults.HEARTBEAT_LOST)],
    [
      'anything else wrong',
      count(faults.FALSE_ONLINE + faults.MISSED_ONLINE + faults.HEARTBEAT_REFUSED + faults.NEVER_HEARD),
    ],
    ['observation gaps', count(result.observationGaps)],
    ['from the deadline to the subscriber', times(lagMs.offline)],
    ['from the first heartbeat to the subscriber', times(lagMs.live)],
    ['cores of the hub and of the database', `${hubCpu.toFixed(2)} and ${databaseCpu.toFixed(2)}`],
    ['hub memory at the end', `${Math.round(hubMb)} MB`],
    ['a heartbeat left late by, at most', `${Math.round(simulator.worstLatenessMs)} ms`],
  ]
  return `On ${on}. ${count(SERVERS)} servers beat every ${INTERVAL_SECONDS} s over HTTP, all from one process. All are heard for the first time within the
first ${INTERVAL_SECONDS} s, live for two intervals more, and then a tenth of them falls silent. Times are p50 / p99 / max.

${table(['', ''], rows)}`
}

function times(percentiles: Percentiles | null): string {
  if (!percentiles) return '–'
  const { p50, p99, max } = percentiles
  return `${p50.toFixed(0)} / ${p99.toFixed(0)} / ${max.toFixed(0)} ms`
}

function count(value: number): string {
  return value.toLocaleString('en')
}
