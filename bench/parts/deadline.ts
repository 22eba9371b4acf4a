import { setTimeout as sleep } from 'node:timers/promises'
import { migrate } from '../../server/src/store/migrate.ts'
import { median, percentile } from '../figures.ts'
import type { Bench, Part } from '../part.ts'
import { table } from '../results.ts'
import type { Cluster } from '../stage/cluster.ts'
import { Deaths, doom } from '../stage/deaths.ts'
import { addFleet, type FleetServer } from '../stage/fleet.ts'
import { Hub } from '../stage/hub.ts'
import { keepAlive } from '../stage/relay.ts'
import { untilWatched } from '../stage/watched.ts'

const FLEETS = [1_000, 10_000, 100_000]
const SUBSCRIBERS = 100
const SEPARATE = 1_000
const EVERY_MS = 10
const ROUNDS = 3

/** Before anybody dies the fleet lives for so long. */
const STEADY_MS = 5_000

/** Each server beats this often, as agents do. */
const BEAT_SECONDS = 30

export const deadline: Part = {
  key: 'deadline',
  title: 'From the deadline to the subscriber’s socket',
  run: async (bench) => {
    const cluster = (await bench.cluster('postgres')) ?? (await bench.cluster('embedded'))
    if (!cluster) return 'There is no PostgreSQL on this machine.'
    const rows = []
    for (const size of FLEETS) {
      rows.push(await measure(bench, cluster, size))
      bench.log(String(rows.at(-1)))
    }
    return report(cluster.name, rows)
  },
}

async function measure(bench: Bench, cluster: Cluster, size: number): Promise<(string | number)[]> {
  const database = await cluster.newDatabase()
  try {
    await migrate({ connectionString: database.url })
    const masses = size >= 100_000 ? [1_000, 10_000] : [1_000]
    const most = Math.max(...masses)
    // Those who die are more than the fleet, so that a fleet of 1,000 stays one while 1,000 die.
    const servers = await addFleet(database, size + most, { lastHeardSecondsAgo: 1 })
    const [doomed, alive] = [servers.slice(0, most), servers.slice(most)]
    await doom(database, doomed)

    const startedAt = performance.now()
    const hub = await Hub.start(database)
    try {
      await untilWatched(hub, alive.length)
      const startMs = performance.now() - startedAt
      bench.log(`${size}: watched after ${Math.round(startMs)} ms, ${Math.round(hub.residentMb())} MB`)
      return [size.toLocaleString('en'), `${Math.round(startMs)} ms`, ...(await deaths(hub, alive, doomed, masses))]
    } finally {
      await hub.stop()
    }
  } finally {
    await database.drop()
  }
}

async function deaths(
  hub: Hub,
  alive: readonly FleetServer[],
  doomed: readonly FleetServer[],
  masses: readonly number[],
): Promise<string[]> {
  const living = keepAlive(hub, alive, BEAT_SECONDS)
  const deaths = new Deaths(hub)
  try {
    await deaths.listen(SUBSCRIBERS)
    await sleep(STEADY_MS)
    const watchingMb = hub.residentMb()
    const lags = await deaths.oneByOne(doomed.slice(0, SEPARATE), EVERY_MS)
    const cells = [`${percentile(lags, 50).toFixed(1)} / ${percentile(lags, 99).toFixed(1)} ms`]
    for (const mass of masses) {
      const rounds = []
      for (let i = 0; i < ROUNDS; i++) rounds.push(await deaths.allAtOnce(doomed.slice(0, mass)))
      cells.push(`${Math.round(median(rounds))} ms`)
    }
    if (masses.length === 1) cells.push('')
    await living.stop()
    return [...cells, `${Math.round(watchingMb)} / ${Math.round(hub.residentMb())} MB`]
  } finally {
    deaths.close()
    await living.stop()
  }
}

function report(name: string, rows: readonly (readonly (string | number)[])[]): string {
  const heads = [
    'servers',
    'start to all watched',
    'one dies: p50 / p99',
    '1,000 die at once',
    '10,000 die at once',
    'hub memory',
  ]
  return `On ${name}. Every server beats each ${BEAT_SECONDS} s. Start is that of the process. ${SEPARATE.toLocaleString('en')} separate deaths, ${1_000 / EVERY_MS}
a second, from the deadline by the database's clock to the arrival at a socket; deaths at once until the last event has
arrived at the last of ${SUBSCRIBERS} subscribers, medians of ${ROUNDS} rounds. Memory is what is resident after ${STEADY_MS / 1_000} seconds in which
all lived, and after all deaths.

${table(heads, rows)}`
}
