import type { HubState } from '../core/types.ts'
import { ms } from './instant.ts'
import type { Store } from './store.ts'
import { reachable } from './transaction.ts'

/** A hub that has not stamped for longer than this is stopped, frozen, or cut off from the database. */
const LIVE_FOR = '3 s'

const MAX_HUBS = 100

const HUBS = `
  select hub_id as id, name, version, leads and live as leads, live as "isLive",
    ${ms('started_at')} as "startedAt", ${ms('stamped_at')} as "stampedAt",
    ${ms('stamped_at')} - ${ms('backlog_since')} as "backlogMs",
    heartbeats_per_second as "heartbeatsPerSecond", feed_lag_ms as "feedLagMs"
  from (select *, stamped_at > clock_timestamp() - interval '${LIVE_FOR}' as live from hub_observation) h
  order by live desc, name, started_at limit ${MAX_HUBS}`

/** The hubs that share the database, live ones first. One that did not stop in order is listed for a day. */
export function listHubs(store: Store): Promise<HubState[]> {
  return reachable(async () => (await store.pool.query<HubState>(HUBS)).rows)
}
