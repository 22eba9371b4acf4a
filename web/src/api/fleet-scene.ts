import type { FleetEventFragment, FleetServerFragment } from './generated/graphql.ts'

/** Builders for the tests of the fleet. */

export const NOON = Date.parse('2026-11-24T12:00:00Z')
export const iso = (seconds: number): string => new Date(NOON + seconds * 1_000).toISOString()

export function server(id: string, facts: Partial<FleetServerFragment> = {}): FleetServerFragment {
  return {
    id,
    name: `web-${id}`,
    tags: [],
    status: 'ONLINE',
    statusReason: 'HEALTHY',
    statusSince: iso(-3_600),
    createdAt: iso(-86_400),
    offlineAfterSeconds: 60,
    statusAcknowledgement: null,
    heartbeat: { lastHeartbeatAt: iso(-10) },
    activeAlerts: [],
    activeAnomalies: [],
    ...facts,
  }
}

/** The nth event of the feed, `n` seconds after noon. */
export function event(n: number, serverId: string, facts: Partial<FleetEventFragment> = {}): FleetEventFragment {
  return {
    cursor: `c${n}`,
    from: 'ONLINE',
    fromReason: 'HEALTHY',
    to: 'OFFLINE',
    reason: 'HEARTBEAT_EXPIRED',
    at: iso(n),
    detectedAt: iso(n),
    lastHeartbeatAt: iso(n - 60),
    gap: null,
    server: { id: serverId, name: `web-${serverId}`, activeAlerts: [], activeAnomalies: [] },
    ...facts,
  }
}

export function recovery(n: number, serverId: string): FleetEventFragment {
  return event(n, serverId, {
    from: 'OFFLINE',
    fromReason: 'HEARTBEAT_EXPIRED',
    to: 'ONLINE',
    reason: 'HEALTHY',
    lastHeartbeatAt: iso(n),
  })
}
