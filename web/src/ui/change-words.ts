import { clock, duration } from './durations.ts'
import { kindOf, type ServerStatus, type StatusReason, statusWord } from './status.ts'
import { count, firstOf, type Moment } from './words.ts'

/** A status change in a feed. `lastedMs` is how long the status before it lasted, where known. */
export interface ChangeFacts {
  readonly from: ServerStatus | null
  /** Where known. */
  readonly fromReason: StatusReason | null
  readonly to: ServerStatus
  readonly reason: StatusReason
  readonly at: number
  readonly lastHeartbeatAt: number | null
  readonly lastedMs: number | null
  readonly alerts: readonly { readonly message: string }[]
  readonly anomalies: readonly { readonly message: string }[]
  readonly gap: { readonly from: number; readonly until: number } | null
}

/** What happened, to be read after the server's name: went OFFLINE, is ONLINE, was suspended. */
export function happened(change: Pick<ChangeFacts, 'to' | 'reason' | 'from'>): string {
  switch (kindOf(change.to, change.reason)) {
    case 'offline':
      return 'went OFFLINE'
    case 'suspended':
      return 'was suspended'
    case 'waiting':
      return 'waits for its first heartbeat'
    case 'warning':
      return change.from === 'WARNING' ? 'is still WARNING' : 'is WARNING'
    case 'online':
      return 'is ONLINE'
  }
}

/** The line below it: since when there was no heartbeat, what the warning is, what it was before. */
export function happenedBecause(change: ChangeFacts, moment: Moment): string {
  switch (kindOf(change.to, change.reason)) {
    case 'offline':
      return offlineBecause(change, moment)
    case 'warning':
      return change.reason === 'ACTIVE_ALERTS'
        ? firstOf(change.alerts, 'alert') || 'an alert was raised'
        : firstOf(change.anomalies, 'anomaly', 'anomalies') || 'an anomaly was seen'
    case 'suspended':
      return 'heartbeats are stored, nobody is notified'
    default:
      return wasBefore(change)
  }
}

function offlineBecause({ lastHeartbeatAt, gap }: ChangeFacts, moment: Moment): string {
  if (lastHeartbeatAt === null) return 'no heartbeat'
  const silent = `no heartbeat since ${clock(lastHeartbeatAt, moment.now)}`
  return gap
    ? `${silent}; the exact moment is unknown, we could not observe ${duration(gap.until - gap.from)} of it`
    : silent
}

function wasBefore({ from, fromReason, lastedMs }: ChangeFacts): string {
  if (from === null) return ''
  if (fromReason === 'NEVER_SEEN')
    return lastedMs === null ? 'first heartbeat' : `first heartbeat, after ${duration(lastedMs)}`
  if (fromReason === 'SUSPENDED')
    return lastedMs === null ? 'suspension ended' : `suspension ended after ${duration(lastedMs)}`
  return lastedMs === null ? `was ${from}` : `was ${from} for ${duration(lastedMs)}`
}

/**
 * What is spoken of changes that came together, the oldest first: by name while they are few, else how many servers are now
 * what. A server that changed more than once is told as it ended.
 */
export function announcement(
  changes: readonly (Pick<ChangeFacts, 'to' | 'reason' | 'from'> & {
    readonly serverId: string
    readonly serverName: string
  })[],
): string {
  if (changes.length <= 2) return changes.map((change) => `${change.serverName} ${happened(change)}.`).join(' ')
  const last = new Map(changes.map((change) => [change.serverId, change]))
  const numbers = new Map<string, number>()
  for (const change of last.values()) {
    const word = statusWord(kindOf(change.to, change.reason))
    numbers.set(word, (numbers.get(word) ?? 0) + 1)
  }
  return [...numbers].map(([word, n]) => `${count(n, 'server')} became ${word}.`).join(' ')
}
