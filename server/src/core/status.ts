import { deadlineOf, observedSilenceMs } from './gaps.ts'
import type { Instant, StatusAndReason, StatusFacts, StatusRule, Verdict } from './types.ts'

/** What each line of the rule answers. */
const ANSWERS: Readonly<Record<StatusRule, StatusAndReason>> = {
  SUSPENDED: { status: 'OFFLINE', reason: 'SUSPENDED' },
  NEVER_SEEN: { status: 'OFFLINE', reason: 'NEVER_SEEN' },
  SILENT_TOO_LONG: { status: 'OFFLINE', reason: 'HEARTBEAT_EXPIRED' },
  ACTIVE_ALERTS: { status: 'WARNING', reason: 'ACTIVE_ALERTS' },
  ACTIVE_ANOMALIES: { status: 'WARNING', reason: 'ACTIVE_ANOMALIES' },
  ALIVE: { status: 'ONLINE', reason: 'HEALTHY' },
}

/**
 * The status of a server and its proof. The only place that decides; `now` is the database's.
 *
 * The first line that applies decides: suspended, never seen, silent for more than its limit (at exactly the limit it is
 * still alive), active alerts, active anomalies, alive. Silence is what could have been observed, so an outage of our own
 * never makes a server OFFLINE. Time alone changes nothing but this: a server that is alive expires at its deadline.
 */
export function evaluateStatus(facts: StatusFacts, now: Instant): Verdict {
  const { lastHeartbeatAt, gaps, activeAlerts, activeAnomalies } = facts
  const limitMs = facts.offlineAfterSeconds * 1_000
  const silenceMs = lastHeartbeatAt === null ? null : observedSilenceMs(lastHeartbeatAt, gaps, now)
  const rule = decide(facts, silenceMs, limitMs)
  const answer = ANSWERS[rule]
  const deadline =
    lastHeartbeatAt === null || answer.status === 'OFFLINE' ? null : deadlineOf(lastHeartbeatAt, gaps, limitMs)

  return {
    ...answer,
    rule,
    evaluatedAt: now,
    lastHeartbeatAt,
    observedSilenceMs: silenceMs,
    limitMs,
    activeAlerts,
    activeAnomalies,
    nextTransitionAt: deadline,
    wouldBecome: deadline === null ? null : ANSWERS.SILENT_TOO_LONG,
  }
}

function decide(facts: StatusFacts, silenceMs: number | null, limitMs: number): StatusRule {
  if (facts.suspended) return 'SUSPENDED'
  if (silenceMs === null) return 'NEVER_SEEN'
  if (silenceMs > limitMs) return 'SILENT_TOO_LONG'
  if (facts.activeAlerts > 0) return 'ACTIVE_ALERTS'
  if (facts.activeAnomalies > 0) return 'ACTIVE_ANOMALIES'
  return 'ALIVE'
}
