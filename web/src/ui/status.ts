export type ServerStatus = 'ONLINE' | 'WARNING' | 'OFFLINE'
export type StatusReason =
  | 'HEALTHY'
  | 'ACTIVE_ALERTS'
  | 'ACTIVE_ANOMALIES'
  | 'HEARTBEAT_EXPIRED'
  | 'NEVER_SEEN'
  | 'SUSPENDED'

/** What a status looks like: a server that waits or is suspended is stored as OFFLINE but needs nobody. */
export const STATUS_KINDS = ['offline', 'warning', 'online', 'waiting', 'suspended'] as const
export type StatusKind = (typeof STATUS_KINDS)[number]

/** The look of a stored status. Decides nothing: the hub has. */
export function kindOf(status: ServerStatus, reason: StatusReason): StatusKind {
  if (reason === 'NEVER_SEEN') return 'waiting'
  if (reason === 'SUSPENDED') return 'suspended'
  if (status === 'OFFLINE') return 'offline'
  return status === 'WARNING' ? 'warning' : 'online'
}

const WORDS: Readonly<Record<StatusKind, string>> = {
  offline: 'OFFLINE',
  warning: 'WARNING',
  online: 'ONLINE',
  waiting: 'Waiting',
  suspended: 'Suspended',
}

export function statusWord(kind: StatusKind): string {
  return WORDS[kind]
}
