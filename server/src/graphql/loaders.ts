import DataLoader from 'dataloader'
import type { Alert, Anomaly, Farewell, Instant, Server, ServerId, Verdict } from '../core/types.ts'
import type { RhythmRecorder } from '../ingest/rhythm-recorder.ts'
import { activeAlertsOf } from '../store/alerts.ts'
import { activeAnomaliesOf } from '../store/anomalies.ts'
import { readEventEnds } from '../store/event-ends.ts'
import { readVerdicts } from '../store/facts.ts'
import { findFarewells } from '../store/farewells.ts'
import type { StoredSample } from '../store/metric-samples.ts'
import { latestSamples } from '../store/newest-samples.ts'
import { findServers } from '../store/servers.ts'
import type { Store } from '../store/store.ts'
import { findTopProcesses, type TopProcesses } from '../store/top-processes.ts'
import { type RhythmNow, readRhythmsNow } from './rhythm.ts'

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
  /** Undefined where none holds. */
  readonly farewells: DataLoader<ServerId, Farewell | undefined>
  readonly rhythms: DataLoader<Server, RhythmNow | undefined>
  readonly latestSamples: DataLoader<ServerId, StoredSample | undefined>
  readonly topProcesses: DataLoader<ServerId, TopProcesses | undefined>
}

export function createLoaders(store: Store, recorder: Pick<RhythmRecorder, 'pending'>): Loaders {
  return {
    servers: loader(store, findServers),
    verdicts: loader(store, readVerdicts),
    activeAlerts: loader(store, activeAlertsOf),
    activeAnomalies: loader(store, activeAnomaliesOf),
    eventEnds: loader(store, readEventEnds),
    farewells: loader(store, findFarewells),
    rhythms: rhythmLoader(store, recorder),
    latestSamples: loader(store, latestSamples),
    topProcesses: loader(store, findTopProcesses),
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

/** By server rather than by id: its limit of silence is needed, and is known already. */
function rhythmLoader(
  store: Store,
  recorder: Pick<RhythmRecorder, 'pending'>,
): DataLoader<Server, RhythmNow | undefined> {
  return new DataLoader(
    async (servers) => {
      const found = await readRhythmsNow(store, recorder, servers)
      return servers.map(({ id }) => found.get(id))
    },
    { cache: false },
  )
}
