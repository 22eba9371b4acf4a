import { median } from '../figures.ts'
import type { Part } from '../part.ts'
import { table } from '../results.ts'
import { type Beats, graphqlBeats, relayBeats, restBeats } from '../stage/heartbeats.ts'
import { type Ingest, withIngest } from '../stage/ingest.ts'
import { type Metered, runMetered } from '../stage/metered-load.ts'

const SERVERS = 10_000
const ROUNDS = 3
const CONNECTIONS = 400
/** A relay needs few: each request carries a hundred heartbeats. */
const RELAY_CONNECTIONS = 8
const RELAY_BATCH = 100

export const protocols: Part = {
  key: 'protocols',
  title: 'Heartbeats by GraphQL, and by relays that send a hundred a request',
  run: (bench) =>
    withIngest(bench, 'postgres', SERVERS, async (ingest) => {
      const rounds: Round[] = []
      for (let i = 0; i < ROUNDS; i++) rounds.push(await oneRound(ingest))
      return report(ingest.cluster.name, rounds)
    }),
}

interface Round {
  readonly rest: Metered
  readonly graphql: Metered
  readonly relay: Metered
}

async function oneRound({ hub, fleet, meters }: Ingest): Promise<Round> {
  const run = (beats: Beats, connections: number) =>
    runMetered({ ...beats, url: hub.url, connections, warmUpMs: 500, measureMs: 2_000 }, meters)
  return {
    rest: await run(restBeats(fleet), CONNECTIONS),
    graphql: await run(graphqlBeats(fleet), CONNECTIONS),
    relay: await run(relayBeats(fleet, hub.token, RELAY_BATCH), RELAY_CONNECTIONS),
  }
}

function report(name: string, rounds: readonly Round[]): string {
  const of = (figure: (round: Round) => number | undefined) =>
    median(rounds.map((round) => figure(round) ?? Number.NaN))
  const row = (title: string, kind: keyof Round, size: number) => {
    const cpu = (round: Round, who: string, beats = size, of = kind) => (round[of].cpuUs[who] ?? Number.NaN) / beats
    const both = (round: Round, beats: number, of: keyof Round) =>
      cpu(round, 'hub', beats, of) + cpu(round, 'database', beats, of)
    return [
      title,
      of((round) => round[kind].perSecond * size).toFixed(0),
      of((round) => (round[kind].perSecond * size) / round.rest.perSecond).toFixed(2),
      of((round) => cpu(round, 'hub')).toFixed(1),
      of((round) => cpu(round, 'database')).toFixed(1),
      of((round) => cpu(round, 'hub') / cpu(round, 'hub', 1, 'rest')).toFixed(3),
      of((round) => both(round, size, kind) / both(round, 1, 'rest')).toFixed(3),
    ]
  }
  const heads = [
    'by',
    'heartbeats/s',
    "against REST's",
    'hub µs',
    'database µs',
    "hub's CPU against REST's",
    'both against REST',
  ]
  return `On ${name}, ${CONNECTIONS} connections (relay: ${RELAY_CONNECTIONS}). µs are CPU time a heartbeat. Medians of ${ROUNDS} rounds.

${table(heads, [
  row('REST', 'rest', 1),
  row("the agent's own mutation", 'graphql', 1),
  row(`recordHeartbeats, ${RELAY_BATCH} a request`, 'relay', RELAY_BATCH),
])}`
}
