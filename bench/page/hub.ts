import { migrate } from '../../server/src/store/migrate.ts'
import { type Database, openCluster } from '../stage/cluster.ts'
import { addFleet, type FleetServer } from '../stage/fleet.ts'
import { Hub } from '../stage/hub.ts'

/** Those that flap: each twice in four seconds, 300 changes a second. */
export const FLAPPING = 600
/** A server that flaps has the shortest limit that there is. */
export const FLAP_LIMIT_SECONDS = 2
const RACKS = 40

/** A hub on a database of its own, and its fleet. */
export interface BenchHub {
  readonly hub: Hub
  readonly database: Database
  /** Each beats every 30 s, as agents do. */
  readonly steady: readonly FleetServer[]
  /** Have a limit of 2 s, and were never heard so far. */
  readonly flapping: readonly FleetServer[]
  stop(): Promise<void>
}

/** A hub on an embedded database that has so many servers; all of them have tags and figures. */
export async function startBenchHub(servers: number): Promise<BenchHub> {
  const cluster = await openCluster('embedded')
  if (!cluster) throw new Error('There is no embedded PostgreSQL for this machine.')
  const database = await cluster.newDatabase()
  await migrate({ connectionString: database.url })
  const fleet = await addFleet(database, servers, { lastHeardSecondsAgo: 1 })
  const flapping = fleet.slice(0, FLAPPING)
  await letFlap(database, flapping)
  const hub = await Hub.start(database)
  await addFigures(database)
  return {
    hub,
    database,
    steady: fleet.slice(FLAPPING),
    flapping,
    stop: async () => {
      await hub.stop()
      await database.drop()
      await cluster.stop()
    },
  }
}

async function letFlap({ client }: Database, flapping: readonly FleetServer[]): Promise<void> {
  await client.query(`update server set tags = array['prod', 'rack-' || id % ${RACKS}]`)
  const ids = flapping.map(({ id }) => id)
  await client.query(
    `update server set status = 'OFFLINE', status_reason = 'NEVER_SEEN', offline_after_seconds = $2
     where id = any($1::int[])`,
    [ids, FLAP_LIMIT_SECONDS],
  )
  await client.query('update server_heartbeat set last_heartbeat_at = null where server_id = any($1::int[])', [ids])
}

/** The newest figures of each server, so that the rows have something to draw. Days have their tables once a hub runs. */
async function addFigures({ client }: Database): Promise<void> {
  await client.query(
    `insert into metric_sample (server_id, at, cpu_percent, memory_percent, network_rx_bytes_per_second, disks)
     select id, now(), id % 97, 20 + id % 71, id * 1000.0,
       jsonb_build_array(jsonb_build_object('mount', '/', 'usedPercent', 10 + id % 83, 'usedBytes', 1e10, 'totalBytes', 1e11))
     from server`,
  )
  await client.query('vacuum analyze')
}
