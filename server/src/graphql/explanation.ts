import type { Server, StatusReason, StatusRule, Verdict } from '../core/types.ts'
import type { StatusExplanationType } from './server.type.ts'

export function explanationOf(verdict: Verdict): StatusExplanationType {
  return {
    rule: verdict.rule,
    evaluatedAt: verdict.evaluatedAt,
    lastHeartbeatAt: verdict.lastHeartbeatAt,
    ageSeconds: verdict.observedSilenceMs === null ? null : verdict.observedSilenceMs / 1_000,
    limitSeconds: verdict.limitMs / 1_000,
    activeAlerts: verdict.activeAlerts,
    activeAnomalies: verdict.activeAnomalies,
    nextTransitionAt: verdict.nextTransitionAt,
    wouldBecome: verdict.wouldBecome?.status ?? null,
    wouldBecomeReason: verdict.wouldBecome?.reason ?? null,
  }
}

const RULE_BEHIND: Readonly<Record<StatusReason, StatusRule>> = {
  SUSPENDED: 'SUSPENDED',
  NEVER_SEEN: 'NEVER_SEEN',
  HEARTBEAT_EXPIRED: 'SILENT_TOO_LONG',
  ACTIVE_ALERTS: 'ACTIVE_ALERTS',
  ACTIVE_ANOMALIES: 'ACTIVE_ANOMALIES',
  HEALTHY: 'ALIVE',
}

/** A deleted server is judged no more: what is left is the line of the rule behind its last status. */
export function explainDeleted(server: Server): StatusExplanationType {
  return {
    rule: RULE_BEHIND[server.statusReason],
    evaluatedAt: server.deletedAt ?? server.updatedAt,
    lastHeartbeatAt: server.lastHeartbeatAt,
    ageSeconds: null,
    limitSeconds: server.offlineAfterSeconds,
    activeAlerts: 0,
    activeAnomalies: 0,
    nextTransitionAt: null,
    wouldBecome: null,
    wouldBecomeReason: null,
  }
}
