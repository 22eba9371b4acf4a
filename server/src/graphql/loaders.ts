import DataLoader from 'dataloader'
import type { Alert, Anomaly, Instant, Server, ServerId, Verdict } from '../core/types.ts'
import { activeAlertsOf } from '../store/alerts.ts'
import { activeAnomaliesOf } from '../store/anomalies.ts'
import { readEventEnds } from '../store/event-ends.ts'
import { readVerdicts } from '../store/facts.ts'
import { latestSamples, type StoredSample } from '../store/metric-samples.ts'
import { findServers } from '../store/servers.ts'
import type { Store } from '../store/store.ts'

/** Look-ups by server id: however many rows of a list ask, one statement answers. */
export interface Loaders {
  /** Deleted ones too; undefined for an id that never was. */
  readonly servers: DataLoader<ServerId, Server | undefined>
  /** Undefined for a deleted server. */
  readonly verdicts: DataLoader<ServerId, Verdict | undefined>
  readonly activeAlerts: DataLoader<ServerId, Alert[] | undefined>
  readonly activeAnomalies: DataLoader<ServerId, Anomaly[] | undefined>
  /** By the id of the event; undefined while its status lasts. */
  readonly eventEnds: DataLoader<number, Instant | undefined>
  readonly latestSamples: DataLoader<ServerId, StoredSample | undefined>
}

export function createLoaders(store: Store): Loaders {
  return {
    servers: loader(store, findServers),
    verdicts: loader(store, readVerdicts),
    activeAlerts: loader(store, activeAlertsOf),
    activeAnomalies: loader(store, activeAnomaliesOf),
    eventEnds: loader(store, readEventEnds),
    latestSamples: loader(store, latestSamples),
  }
}

/**
 * Gathers the ids of one turn and asks once for all of them. Nothing is remembered for later turns: a mutation must see
 * what the one before it in the same document changed, and a subscription lives for hours.
 */
function loader<T>(
  store: Store,
  find: (store: Store, ids: readonly ServerId[]) => Promise<ReadonlyMap<ServerId, T>>,
): DataLoader<ServerId, T | undefined> {
  return new DataLoader(
    async (ids) => {
      const found = await find(store, [...new Set(ids)])
      return ids.map((id) => found.get(id))
    },
    { cache: false },
  )
}
