import type { ExplanationFragment, HistoryEventFragment } from '../api/generated/graphql.ts'
import type { ChangeFacts, Proof } from '../ui/words.ts'

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
 */
export function stretchesOf(events: readonly HistoryEventFragment[]): readonly Stretch[] {
  const stretches = events.map((event, i): Stretch => {
    const next = events[i + 1]
    return {
      cursor: event.cursor,
      from: event.from,
      fromReason: events[i - 1]?.reason ?? null,
      to: event.to,
      reason: event.reason,
      at: Date.parse(event.at),
      detectedAt: Date.parse(event.detectedAt),
      lastHeartbeatAt: instant(event.lastHeartbeatAt),
      lastedMs: events[i - 1] ? Date.parse(event.at) - Date.parse(events[i - 1]?.at ?? event.at) : null,
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
