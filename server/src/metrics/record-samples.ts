import { MAX_HISTORY, SUSTAINED_VALUES } from '../core/anomaly.ts'
import type { ServerId } from '../core/types.ts'
import { activeAlertsIn, raiseAlertIn, resolveAlertIn } from '../store/alerts.ts'
import { activeAnomaliesIn, raiseAnomalyIn, resolveAnomalyIn } from '../store/anomalies.ts'
import {
  type InsertedSamples,
  insertSamples,
  newestSamples,
  readLimits,
  type SampleEntry,
} from '../store/metric-samples.ts'
import { lockServer } from '../store/servers.ts'
import type { Store } from '../store/store.ts'
import { inTransaction, type Queryable, reachable } from '../store/transaction.ts'
import { type Action, judgeSamples } from './judge-sample.ts'

/** What alerts and anomalies say of who opened or resolved them. */
const BY = 'StackSense'

/** A sample that was measured longer ago than this tells of the past: it is kept, and nobody is judged by it. */
const LIVE_MS = 120_000

/**
 * Stores samples of many servers and opens and resolves what follows from the live ones.
 *
 * They are stored first and by themselves. Only where something has to be opened or resolved is a server locked, as
 * for any change of its status, and everything judged again under the lock: a status follows in the same transaction.
 *
 * @returns what became of each server's samples; a server that is missing there is unknown.
 */
export async function recordSamples(
  store: Store,
  entries: readonly SampleEntry[],
): Promise<Map<ServerId, InsertedSamples>> {
  const inserted = await insertSamples(store, entries)
  const live = new Set(entries.filter((entry) => entry.ageMs <= LIVE_MS).map((entry) => entry.serverId))
  for (const serverId of inserted.keys()) if (live.has(serverId)) await judgeServer(store, serverId)
  return inserted
}

async function judgeServer(store: Store, serverId: ServerId): Promise<void> {
  const actions = await reachable(() => judge(store.pool, serverId))
  if (actions.length === 0) return
  await inTransaction(store.pool, async (tx) => {
    await lockServer(tx, serverId)
    for (const action of await judge(tx, serverId)) await act(tx, serverId, action)
  })
}

async function judge(tx: Queryable, serverId: ServerId): Promise<Action[]> {
  const samples = await newestSamples(tx, serverId, SUSTAINED_VALUES + MAX_HISTORY)
  const alerts = await activeAlertsIn(tx, [serverId])
  const anomalies = await activeAnomaliesIn(tx, [serverId])
  return judgeSamples(samples, await readLimits(tx, serverId), {
    alerts: new Map((alerts.get(serverId) ?? []).map((alert) => [alert.key, alert])),
    anomalies: new Map((anomalies.get(serverId) ?? []).map((anomaly) => [anomaly.metric, anomaly])),
  })
}

async function act(tx: Queryable, serverId: ServerId, action: Action): Promise<void> {
  switch (action.kind) {
    case 'raise-alert': {
      const { key, value, limit } = action.reading
      await raiseAlertIn(tx, {
        serverId,
        key,
        severity: 'WARNING',
        message: action.message,
        value,
        threshold: limit,
        by: BY,
      })
      return
    }
    case 'resolve-alert':
      await resolveAlertIn(tx, action.id, BY, action.note)
      return
    case 'raise-anomaly': {
      const { metric, message, value, answer } = action
      const { score, expected } = answer
      await raiseAnomalyIn(tx, { serverId, metric, message, score, value, expected, by: BY })
      return
    }
    case 'resolve-anomaly':
      await resolveAnomalyIn(tx, action.id, BY, action.note)
  }
}
