import { setTimeout as sleep } from 'node:timers/promises'
import { migrate } from '../../server/src/store/migrate.ts'
import { percentile } from '../figures.ts'
import type { Part } from '../part.ts'
import { table } from '../results.ts'
import type { Cluster } from '../stage/cluster.ts'
import { Deaths, doom } from '../stage/deaths.ts'
import { addFleet, type FleetServer } from '../stage/fleet.ts'
import { Hub } from '../stage/hub.ts'
import { keepAlive } from '../stage/relay.ts'
import { untilWatched } from '../stage/watched.ts'

const HUBS = [1, 2, 3]
const SERVERS = 10_000
const DEATHS = 400
const EVERY_MS = 10
const STEADY_MS = 2_000
const BEAT_SECONDS = 30
const SUBSCRIBERS = 10

export const deadlineHubs: Part = {
  key: 'deadline-hubs',
  title: 'From the deadline to the subscriber’s socket, with several hubs',
  run: async (bench) => {
    const cluster = (await bench.cluster('postgres')) ?? (await bench.cluster('embedded'))
    if (!cluster) return 'There is no PostgreSQL on this machine.'
    const rows = []
    for (const count of HUBS) {
      rows.push(await measure(cluster, count))
      bench.log(String(rows.at(-1)))
    }
    return report(cluster.name, rows)
  },
}

async function measure(cluster: Cluster, count: number): Promise<string[]> {
  const database = await cluster.newDatabase()
  const hubs: Hub[] = []
  try {
    await migrate({ connectionString: database.url })
    const servers = await addFleet(database, SERVERS + DEATHS, { lastHeardSecondsAgo: 1 })
    const [doomed, alive] = [servers.slice(0, DEATHS), servers.slice(DEATHS)]
    await doom(database, doomed)
    const leader = await Hub.start(database)
    hubs.push(leader)
    await untilWatched(leader, alive.length)
    while (hubs.length < count) hubs.push(await Hub.start(database))

    const lags = await lagsOf(hubs, alive, doomed)
    return [String(count), ...[50, 99, 100].map((percent) => `${percentile(lags, percent).toFixed(1)} ms`)]
  } finally {
    await Promise.all(hubs.map((hub) => hub.stop()))
    await database.drop()
  }
}

/** Every hub takes its share of the heartbeats; whoever dies was heard by the last one, and the subscribers are there, too. */
async function lagsOf(
  hubs: readonly Hub[],
  alive: readonly FleetServer[],
  doomed: readonly FleetServer[],
): Promise<number[]> {
  const share = Math.ceil(alive.length / hubs.length)
  const living = hubs.map((hub, i) => keepAlive(hub, alive.slice(i * share, (i + 1) * share), BEAT_SECONDS))
  const deaths = new Deaths(hubs.at(-1) as Hub)
  try {
    await deaths.listen(SUBSCRIBERS)
    await sleep(STEADY_MS)
    return await deaths.oneByOne(doomed, EVERY_MS)
  } finally {
    deaths.close()
    for (const { stop } of living) await stop()
  }
}

function report(name: string, rows: readonly (readonly string[])[]): string {
  return `On ${name}, ${SERVERS.toLocaleString('en')} servers that beat each ${BEAT_SECONDS} s, in equal shares at all hubs. ${DEATHS} separate deaths, ${1_000 / EVERY_MS} a second, of
servers that another hub than the leader hears, from the deadline by the database's clock to a socket at that hub. Whoever
leads asks the others, before it judges, whether they have heard up to the deadline.

${table(['hubs', 'p50', 'p99', 'max'], rows)}`
}
