import type { EventRecordFragment } from '../api/generated/graphql.ts'
import type { ChangeFacts } from '../ui/change-words.ts'

/** An event of the log as words take it. For how long the server was what it was before, the log does not say. */
export function factsOf(event: EventRecordFragment): ChangeFacts {
  return {
    from: event.from,
    fromReason: event.fromReason,
    to: event.to,
    reason: event.reason,
    at: Date.parse(event.at),
    lastHeartbeatAt: event.lastHeartbeatAt === null ? null : Date.parse(event.lastHeartbeatAt),
    lastedMs: null,
    gap: event.gap && { from: Date.parse(event.gap.from), until: Date.parse(event.gap.until) },
    alerts: [],
    anomalies: [],
  }
}
