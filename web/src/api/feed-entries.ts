import type {
  ActiveAlertFragment,
  ActiveAnomalyFragment,
  FleetEventFragment,
  ServerStatus,
  StatusReason,
} from './generated/graphql.ts'

/** How many status changes are kept in memory for the feed on the page. */
export const FEED_LENGTH = 50

/** A status change in the feed, with how long what the server was before had lasted, where that is known. */
export interface FeedEntry {
  readonly cursor: string
  readonly serverId: string
  readonly serverName: string
  readonly from: ServerStatus | null
  readonly fromReason: StatusReason | null
  readonly to: ServerStatus
  readonly reason: StatusReason
  readonly at: number
  readonly detectedAt: number
  readonly lastHeartbeatAt: number | null
  readonly lastedMs: number | null
  readonly gap: { readonly from: number; readonly until: number } | null
  readonly alerts: readonly ActiveAlertFragment[]
  readonly anomalies: readonly ActiveAnomalyFragment[]
}

export function entryOf(event: FleetEventFragment, beganAt: number | null): FeedEntry {
  const at = Date.parse(event.at)
  return {
    cursor: event.cursor,
    serverId: event.server.id,
    serverName: event.server.name,
    from: event.from,
    fromReason: event.fromReason,
    to: event.to,
    reason: event.reason,
    at,
    detectedAt: Date.parse(event.detectedAt),
    lastHeartbeatAt: instant(event.lastHeartbeatAt),
    lastedMs: beganAt === null ? null : at - beganAt,
    gap: event.gap && { from: Date.parse(event.gap.from), until: Date.parse(event.gap.until) },
    alerts: event.server.activeAlerts,
    anomalies: event.server.activeAnomalies,
  }
}

/**
 * Newest first. How long a status lasted is known where the event that began it is in the list. The alerts that a server
 * has now explain its newest event, and none before.
 */
export function entriesOf(events: readonly FleetEventFragment[]): FeedEntry[] {
  const began = new Map<string, number>()
  const entries = events.map((event) => {
    const beganAt = began.get(event.server.id)
    const entry = entryOf(event, beganAt ?? null)
    // A new reason for the same status begins nothing.
    const since = event.from === event.to ? beganAt : entry.at
    if (since !== undefined) began.set(event.server.id, since)
    return entry
  })
  const explained = new Set<string>()
  return entries.reverse().map((entry) => {
    const isNewest = !explained.has(entry.serverId)
    explained.add(entry.serverId)
    return isNewest ? entry : { ...entry, alerts: [], anomalies: [] }
  })
}

export function instant(time: string | null): number | null {
  return time === null ? null : Date.parse(time)
}
