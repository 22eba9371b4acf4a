import type { ExplanationFragment, HistoryEventFragment } from '../api/generated/graphql.ts'
import type { ChangeFacts } from '../ui/change-words.ts'
import type { Proof } from '../ui/proof-words.ts'

/** The hub's proof as words take it. */
export function proofOf(explanation: ExplanationFragment): Proof {
  return {
    rule: explanation.rule,
    evaluatedAt: Date.parse(explanation.evaluatedAt),
    lastHeartbeatAt: instant(explanation.lastHeartbeatAt),
    silenceSeconds: explanation.ageSeconds,
    limitSeconds: explanation.limitSeconds,
    activeAlerts: explanation.activeAlerts,
    activeAnomalies: explanation.activeAnomalies,
    nextTransitionAt: instant(explanation.nextTransitionAt),
    wouldBecome: explanation.wouldBecome,
  }
}

/** A stretch of one status, from one event to the next. */
export interface Stretch extends ChangeFacts {
  readonly cursor: string
  readonly detectedAt: number
  /** Null for the one that still lasts. */
  readonly until: number | null
}

/**
 * The history, newest first: each status change with how long what it began has lasted. A new reason for the same status
 * begins a line of its own, as the reason is what one looks for.
 *
 * @param createdAt where the events are all that there ever were: to be created is no event, but what the server was before
 * the first one began then. Null where there are older ones.
 */
export function stretchesOf(events: readonly HistoryEventFragment[], createdAt: number | null): readonly Stretch[] {
  const stretches = events.map((event, i): Stretch => {
    const next = events[i + 1]
    const before = events[i - 1]
    const beganAt = before ? Date.parse(before.at) : createdAt
    return {
      cursor: event.cursor,
      from: event.from,
      fromReason: event.fromReason,
      to: event.to,
      reason: event.reason,
      at: Date.parse(event.at),
      detectedAt: Date.parse(event.detectedAt),
      lastHeartbeatAt: instant(event.lastHeartbeatAt),
      lastedMs: beganAt === null ? null : Date.parse(event.at) - beganAt,
      gap: event.gap && { from: Date.parse(event.gap.from), until: Date.parse(event.gap.until) },
      alerts: [],
      anomalies: [],
      until: next ? Date.parse(next.at) : null,
    }
  })
  return stretches.reverse()
}

function instant(time: string | null): number | null {
  return time === null ? null : Date.parse(time)
}
