import type { ServerRow } from './server-rows.ts'

/*
 * What the command line says of a server: the page's words (web/src/ui), with plain spaces, since there are no lines to
 * break here. A test keeps the two alike.
 */

const SECOND = 1_000
const MINUTE = 60 * SECOND
const UNITS = [
  [24 * 60 * MINUTE, 'd'],
  [60 * MINUTE, 'h'],
  [MINUTE, 'min'],
  [SECOND, 's'],
] as const

export type StatusKind = 'offline' | 'waiting' | 'warning' | 'online' | 'suspended'

const STATUS_WORDS: Readonly<Record<StatusKind, string>> = {
  offline: 'OFFLINE',
  waiting: 'Waiting',
  warning: 'WARNING',
  online: 'ONLINE',
  suspended: 'Suspended',
}

/** A server that waits for its first heartbeat, or is suspended, is stored as OFFLINE but is not what OFFLINE means to people. */
export function kindOf({ status, statusReason }: Pick<ServerRow, 'status' | 'statusReason'>): StatusKind {
  if (statusReason === 'NEVER_SEEN') return 'waiting'
  if (statusReason === 'SUSPENDED') return 'suspended'
  if (status === 'OFFLINE') return 'offline'
  return status === 'WARNING' ? 'warning' : 'online'
}

export function statusWord(server: Pick<ServerRow, 'status' | 'statusReason'>): string {
  return STATUS_WORDS[kindOf(server)]
}

/** A length in its two largest units, rounded down: 4 min 29 s, 1 h 15 min. Never negative. */
export function duration(ms: number): string {
  const length = Math.max(0, ms)
  const largest = UNITS.findIndex(([unit]) => length >= unit)
  if (largest === -1) return '0 s'

  const [unit, name] = UNITS[largest] as (typeof UNITS)[number]
  const [nextUnit, nextName] = UNITS[largest + 1] ?? [Infinity, '']
  const more = Math.floor((length % unit) / nextUnit)
  return `${Math.floor(length / unit)} ${name}${more > 0 ? ` ${more} ${nextName}` : ''}`
}

/** A length that still grows. From ten minutes on its seconds say nothing any more. */
export function elapsed(ms: number): string {
  return duration(ms >= 10 * MINUTE ? Math.floor(ms / MINUTE) * MINUTE : ms)
}

/** A limit as it was set: seconds up to two minutes, then the largest units. */
export function limit(seconds: number): string {
  return seconds <= 120 ? `${seconds} s` : duration(seconds * SECOND)
}

/** OFFLINE for 4 min 29 s, by the hub's clock. */
export function statusInBrief(server: ServerRow): string {
  return `${statusWord(server)} for ${elapsed(server.evaluatedAt - server.statusSince)}`
}

/** 11 s ago, by the hub's clock. */
export function lastHeard({ lastHeartbeatAt, evaluatedAt }: ServerRow): string {
  return lastHeartbeatAt === null ? '–' : `${elapsed(evaluatedAt - lastHeartbeatAt)} ago`
}

/** Why the server has its status, for a cell. */
export function why(server: ServerRow): string {
  switch (server.statusReason) {
    case 'SUSPENDED':
      return 'suspended: heartbeats are stored, nobody is notified'
    case 'NEVER_SEEN':
      return 'waiting for its first heartbeat'
    case 'HEARTBEAT_EXPIRED':
      return `${silence(server)}, limit ${limit(server.offlineAfterSeconds)}`
    case 'ACTIVE_ALERTS':
      return 'an alert is active'
    case 'ACTIVE_ANOMALIES':
      return 'an anomaly is active'
    case 'HEALTHY':
      return ''
  }
}

/** No heartbeat for 4 min 29 s. */
export function silence({ lastHeartbeatAt, evaluatedAt }: ServerRow): string {
  return lastHeartbeatAt === null ? 'no heartbeat' : `no heartbeat for ${elapsed(evaluatedAt - lastHeartbeatAt)}`
}

const FAREWELLS = { STOPPED: 'its agent was stopped', SHUTDOWN: 'shutdown', REBOOT: 'reboot' } as const

/** What the agent said when it ended: said goodbye: reboot, back by 12:05 UTC. Empty where nothing holds. */
export function goodbye({ farewell }: ServerRow): string {
  if (!farewell) return ''
  const { reason, expectedBackAt } = farewell
  const back = expectedBackAt === null ? '' : `, back by ${new Date(expectedBackAt).toISOString().slice(11, 16)} UTC`
  return `said goodbye: ${FAREWELLS[reason]}${back}`
}

/** A clock that is off by less than this is a clock. */
const WORTH_SAYING_SECONDS = 5

/** What was out of the ordinary in a server's heartbeats within a day; empty where nothing was. */
export function rhythmInBrief({ rhythm }: ServerRow): string {
  if (!rhythm) return ''
  const skew = rhythm.clockSkewSeconds ?? 0
  const counts = [
    [rhythm.nearMisses, 'near miss', 'near misses'],
    [rhythm.missedSlots, 'missed heartbeat', 'missed heartbeats'],
    [rhythm.retries, 'retry', 'retries'],
    [rhythm.reboots, 'reboot', 'reboots'],
    [rhythm.agentRestarts, 'restart of the agent', 'restarts of the agent'],
  ] as const
  return [
    ...counts.filter(([n]) => n > 0).map(([n, one, more]) => `${figure(n)} ${n === 1 ? one : more}`),
    rhythm.sharedTokenAt === null ? '' : 'two machines use its token',
    Math.abs(skew) < WORTH_SAYING_SECONDS
      ? ''
      : `its clock is ${limit(Math.round(Math.abs(skew)))} ${skew > 0 ? 'ahead' : 'behind'}`,
  ]
    .filter(Boolean)
    .join(', ')
}

export function count(n: number, one: string): string {
  return `${figure(n)} ${n === 1 ? one : `${one}s`}`
}

export function figure(n: number): string {
  return n.toLocaleString('en-GB')
}

/** 2026-01-31 12:00:00, in UTC. */
export function utc(iso: string | null): string {
  return iso === null ? '–' : iso.slice(0, 19).replace('T', ' ')
}
