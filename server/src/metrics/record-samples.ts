import { MAX_HISTORY, SUSTAINED_VALUES } from '../core/anomaly.ts'
import { DEFAULT_LIMITS } from '../core/thresholds.ts'
import type { ServerId } from '../core/types.ts'
import { Refusal } from '../errors.ts'
import { readLimits } from '../store/alert-limits.ts'
import { activeAlertsIn, raiseAlertIn, resolveAlertIn } from '../store/alerts.ts'
import { activeAnomaliesIn, raiseAnomalyIn, resolveAnomalyIn } from '../store/anomalies.ts'
import { type InsertedSamples, insertSamples, type SampleEntry } from '../store/metric-samples.ts'
import { newestSamples } from '../store/newest-samples.ts'
import { lockServer } from '../store/servers.ts'
import type { Store } from '../store/store.ts'
import { keepProcesses } from '../store/top-processes.ts'
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
 * A server that is deleted in between is nobody else's trouble.
 *
 * @returns what became of each server's samples; a server that is missing there is unknown.
 */
export async function recordSamples(
  store: Store,
  entries: readonly SampleEntry[],
): Promise<Map<ServerId, InsertedSamples>> {
  // Before the samples: whoever hears of those finds these.
  await keepProcesses(store, entries)
  const inserted = await insertSamples(store, entries)
  const live = new Set(entries.filter((entry) => entry.ageMs <= LIVE_MS).map((entry) => entry.serverId))
  const ids = [...inserted.keys()].filter((id) => live.has(id))
  const actions = await reachable(() => judge(store.pool, ids))
  for (const id of ids) {
    if ((actions.get(id) ?? []).length > 0) await judgeLocked(store, id).catch(ignoreDeleted)
  }
  return inserted
}

function ignoreDeleted(error: unknown): void {
  if (!(error instanceof Refusal && error.code === 'SERVER_NOT_FOUND')) throw error
}

function judgeLocked(store: Store, serverId: ServerId): Promise<void> {
  return inTransaction(store.pool, async (tx) => {
    await lockServer(tx, serverId)
    for (const action of (await judge(tx, [serverId])).get(serverId) ?? []) await act(tx, serverId, action)
  })
}

async function judge(tx: Queryable, ids: readonly ServerId[]): Promise<Map<ServerId, Action[]>> {
  if (ids.length === 0) return new Map()
  const samples = await newestSamples(tx, ids, SUSTAINED_VALUES + MAX_HISTORY)
  const alerts = await activeAlertsIn(tx, ids)
  const anomalies = await activeAnomaliesIn(tx, ids)
  const limits = await readLimits(tx, ids)
  return new Map(
    ids.map((id) => [
      id,
      judgeSamples(samples.get(id) ?? [], limits.get(id) ?? DEFAULT_LIMITS, {
        alerts: new Map((alerts.get(id) ?? []).map((alert) => [alert.key, alert])),
        anomalies: new Map((anomalies.get(id) ?? []).map((anomaly) => [anomaly.metric, anomaly])),
      }),
    ]),
  )
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
