import type { Alert, Anomaly } from '../core/types.ts'
import { Refusal } from '../errors.ts'
import { activeAlertsIn } from './alerts.ts'
import { activeAnomaliesIn } from './anomalies.ts'
import { newestCursor } from './event-log.ts'
import { LISTED_COLUMNS, type ListedServer, SERVER_COLUMNS, SERVER_TABLES } from './server-row.ts'
import type { Store } from './store.ts'
import { inSnapshot, type Queryable } from './transaction.ts'

export const MAX_FLEET = 10_000

/** `offline` counts servers whose heartbeat expired; waiting and suspended ones are counted apart. They add up to `total`. */
export interface FleetCounts {
  readonly online: number
  readonly warning: number
  readonly offline: number
  readonly neverSeen: number
  readonly suspended: number
  readonly total: number
}

/** A server with what is active on it, of the same snapshot; a whole one where whole ones were asked for. */
export interface FleetServer extends ListedServer {
  readonly activeAlerts: readonly Alert[]
  readonly activeAnomalies: readonly Anomaly[]
}

export interface Fleet {
  /** The feed goes on from this snapshot without a seam. */
  readonly cursor: string
  readonly counts: FleetCounts
  readonly servers: readonly FleetServer[]
}

const COUNTS = `
  select count(*) filter (where status = 'ONLINE')::int as online,
    count(*) filter (where status = 'WARNING')::int as warning,
    count(*) filter (where status_reason = 'HEARTBEAT_EXPIRED')::int as offline,
    count(*) filter (where status_reason = 'NEVER_SEEN')::int as "neverSeen",
    count(*) filter (where status_reason = 'SUSPENDED')::int as suspended,
    count(*)::int as total
  from server where deleted_at is null`

/** How much of each server is read, if anything. */
export type FleetDetail = 'counts' | 'listed' | 'whole'

/**
 * Counts, servers and the feed's cursor in one snapshot.
 *
 * @throws Refusal FLEET_TOO_LARGE where there are more than 10,000 servers to list.
 */
export function readFleet(store: Store, detail: FleetDetail): Promise<Fleet> {
  return inSnapshot(store.pool, async (tx) => {
    const counts = (await tx.query<FleetCounts>(COUNTS)).rows[0] as FleetCounts
    if (detail !== 'counts' && counts.total > MAX_FLEET) {
      throw new Refusal('FLEET_TOO_LARGE', 'More than 10,000 servers: page through Query.servers instead.')
    }
    const servers =
      detail === 'counts' ? [] : await readServers(tx, detail === 'whole' ? SERVER_COLUMNS : LISTED_COLUMNS)
    return { cursor: await newestCursor(store, tx), counts, servers }
  })
}

const NONE: readonly never[] = []

async function readServers(tx: Queryable, columns: string): Promise<FleetServer[]> {
  const { rows } = await tx.query<ListedServer>(
    `select ${columns} from ${SERVER_TABLES} where s.deleted_at is null order by s.id`,
  )
  const alerts = await activeAlertsIn(tx)
  const anomalies = await activeAnomaliesIn(tx)
  return rows.map((server) => ({
    ...server,
    activeAlerts: alerts.get(server.id) ?? NONE,
    activeAnomalies: anomalies.get(server.id) ?? NONE,
  }))
}
