import { MAX_HISTORY, SUSTAINED_VALUES } from '../core/anomaly.ts'
import type { MetricSample } from '../core/metrics.ts'
import type { Instant, ServerId } from '../core/types.ts'
import { activeAlertsIn, raiseAlertIn, resolveAlertIn } from '../store/alerts.ts'
import { activeAnomaliesIn, raiseAnomalyIn, resolveAnomalyIn } from '../store/anomalies.ts'
import { insertSample, newestSamples, readLimits } from '../store/metric-samples.ts'
import { lockServer } from '../store/servers.ts'
import type { Store } from '../store/store.ts'
import { inTransaction, type Queryable, reachable } from '../store/transaction.ts'
import { type Action, judgeSamples } from './judge-sample.ts'

export type SampleOutcome = { readonly kind: 'recorded'; readonly at: Instant } | { readonly kind: 'unknown-server' }

/** What alerts and anomalies say of who opened or resolved them. */
const BY = 'StackSense'

/**
 * Stores a sample and opens and resolves what follows from it.
 *
 * The sample is stored first and by itself. Only where something has to be opened or resolved is the server locked, as
 * for any change of its status, and everything judged again under the lock: a status follows in the same transaction.
 */
export async function recordSample(
  store: Store,
  serverId: ServerId,
  sample: MetricSample,
  ageMs = 0,
): Promise<SampleOutcome> {
  const at = await insertSample(store, serverId, sample, ageMs)
  if (at === null) return { kind: 'unknown-server' }
  const actions = await reachable(() => judge(store.pool, serverId))
  if (actions.length > 0) {
    await inTransaction(store.pool, async (tx) => {
      await lockServer(tx, serverId)
      for (const action of await judge(tx, serverId)) await act(tx, serverId, action)
    })
  }
  return { kind: 'recorded', at }
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
