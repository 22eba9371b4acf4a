import { median } from '../figures.ts'
import type { Bench, Part } from '../part.ts'
import { table } from '../results.ts'
import { type Bare, startBare } from '../stage/bare.ts'
import type { ClusterKind } from '../stage/cluster.ts'
import type { FleetServer } from '../stage/fleet.ts'
import { restBeats } from '../stage/heartbeats.ts'
import { type Ingest, withIngest } from '../stage/ingest.ts'
import { type Metered, runMetered } from '../stage/metered-load.ts'

const SERVERS = 10_000
const CONNECTIONS = [50, 400]
const ROUNDS = 3
const WARM_UP_MS = 500
const MEASURE_MS = 2_000

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
  readonly bare: Metered
  readonly hub: Metered
}

function measure(bench: Bench, kind: ClusterKind): Promise<string> {
  return withIngest(bench, kind, SERVERS, async (ingest) => {
    const [first] = ingest.fleet as readonly [FleetServer]
    const bare = await startBare(`${ingest.hub.url}/api/heartbeat/${first.id}/`, first.token)
    try {
      const rows: string[][] = []
      for (const connections of CONNECTIONS) {
        const rounds: Round[] = []
        for (let i = 0; i < ROUNDS; i++) rounds.push(await oneRound(ingest, bare, connections))
        const row = rowOf(connections, rounds)
        bench.log(row.join('  '))
        rows.push(row)
      }
      return report(ingest.cluster.name, rows)
    } finally {
      await bare.stop()
    }
  })
}

/** Bare and hub one after the other, so that whatever else the machine does meets both. */
async function oneRound({ hub, fleet, meters }: Ingest, bare: Bare, connections: number): Promise<Round> {
  const load = { ...restBeats(fleet), connections, warmUpMs: WARM_UP_MS, measureMs: MEASURE_MS }
  return {
    bare: await runMetered({ ...load, url: bare.url }, { bare: () => bare.cpuMs() }),
    hub: await runMetered({ ...load, url: hub.url }, meters),
  }
}

function rowOf(connections: number, rounds: readonly Round[]): string[] {
  const of = (figure: (round: Round) => number | undefined) =>
    median(rounds.map((round) => figure(round) ?? Number.NaN))
  return [
    String(connections),
    of(({ hub }) => hub.perSecond).toFixed(0),
    of(({ bare }) => bare.perSecond).toFixed(0),
    of(({ hub, bare }) => hub.perSecond / bare.perSecond).toFixed(2),
    `${of(({ hub }) => hub.p50Ms).toFixed(1)} / ${of(({ hub }) => hub.p99Ms).toFixed(1)} ms`,
    `${of(({ hub, bare }) => hub.p99Ms / bare.p99Ms).toFixed(1)}×`,
    of(({ hub }) => hub.cpuUs.hub).toFixed(1),
    of(({ bare }) => bare.cpuUs.bare).toFixed(1),
    of(({ hub }) => hub.cpuUs.database).toFixed(1),
  ]
}

function report(name: string, rows: readonly (readonly string[])[]): string {
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
  return `On ${name}, ${SERVERS.toLocaleString('en')} servers, each with a token of its own. Bare node:http reads the same requests, parses
their JSON, and answers the same bytes at once. µs are CPU time a heartbeat. Medians of ${ROUNDS} rounds.

${table(heads, rows)}`
}
