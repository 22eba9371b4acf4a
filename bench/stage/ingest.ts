import type { Bench } from '../part.ts'
import type { Cluster, ClusterKind, Database } from './cluster.ts'
import { addFleet, type FleetServer } from './fleet.ts'
import { prime } from './heartbeats.ts'
import { Hub } from './hub.ts'
import type { Meters } from './metered-load.ts'

/** A hub that watches a living fleet whose tokens it knows. */
export interface Ingest {
  readonly cluster: Cluster
  readonly database: Database
  readonly hub: Hub
  readonly fleet: readonly FleetServer[]
  readonly meters: Meters
}

export const NO_POSTGRES = 'There is no PostgreSQL on this machine besides the embedded one.'

/** Nobody shall die of it that the machine is slow. */
const OFFLINE_AFTER_SECONDS = 86_400

/** Sets the stage, lets `work` measure on it, and clears it; where there is no such PostgreSQL, it says so. */
export async function withIngest(
  bench: Bench,
  kind: ClusterKind,
  servers: number,
  work: (ingest: Ingest) => Promise<string>,
): Promise<string> {
  const cluster = await bench.cluster(kind)
  if (!cluster) return NO_POSTGRES
  const database = await cluster.newDatabase()
  try {
    const hub = await Hub.start(database)
    try {
      const fleet = await addFleet(database, servers, {
        lastHeardSecondsAgo: 0,
        offlineAfterSeconds: OFFLINE_AFTER_SECONDS,
      })
      await prime(hub.url, fleet)
      const meters = { hub: () => hub.cpuMs(), database: () => cluster.cpuMs() }
      return await work({ cluster, database, hub, fleet, meters })
    } finally {
      await hub.stop()
    }
  } finally {
    await database.drop()
  }
}
