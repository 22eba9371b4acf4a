import { clock, elapsed, limit } from './durations.ts'
import { figure } from './numbers.ts'
import { kindOf, type ServerStatus, type StatusReason, statusWord } from './status.ts'

/** When something is said. Over a lost connection nothing is current: ages become times, sentences past. */
export interface Moment {
  /** By the hub's clock. */
  readonly now: number
  readonly live: boolean
}

export function count(n: number, one: string, many = `${one}s`): string {
  return `${figure(n)} ${n === 1 ? one : many}`
}

/** 11 s ago; over a lost connection the time itself. */
export function ago(at: number, moment: Moment): string {
  return moment.live ? `${elapsed(moment.now - at)} ago` : clock(at, moment.now)
}

/** for 4 min 29 s; over a lost connection since 10:02:13. */
export function forHowLong(since: number, moment: Moment): string {
  return moment.live ? `for ${elapsed(moment.now - since)}` : sinceWhen(since, moment)
}

export function sinceWhen(since: number, moment: Moment): string {
  return `since ${clock(since, moment.now)}`
}

/** For how long a reading of a heartbeat's time may still be counted from. */
const READING_COUNTS_MS = 15_000

/**
 * When a server was last heard, for a list. Heartbeats are read now and then, not pushed: from an old reading an age
 * would grow although the server beats, so a server that the hub calls alive is then only said to be beating.
 */
export function lastHeard(
  server: Pick<ServerFacts, 'reason' | 'lastHeartbeatAt'> & { readonly heardAsOf: number },
  moment: Moment,
): string {
  if (server.lastHeartbeatAt === null) return '–'
  const silent = server.reason === 'HEARTBEAT_EXPIRED'
  if (!moment.live || silent || moment.now - server.heardAsOf <= READING_COUNTS_MS)
    return ago(server.lastHeartbeatAt, moment)
  return server.reason === 'SUSPENDED' ? clock(server.lastHeartbeatAt, moment.now) : 'beating'
}

/** What the words about one server are made of. */
export interface ServerFacts {
  readonly status: ServerStatus
  readonly reason: StatusReason
  readonly limitSeconds: number
  readonly lastHeartbeatAt: number | null
  readonly alerts: readonly { readonly message: string }[]
  readonly anomalies: readonly { readonly message: string }[]
}

/** Why a server has its status, as a sentence: No heartbeat for 5 min 29 s, limit 60 s. */
export function why(server: ServerFacts, moment: Moment): string {
  return sentence(whyBriefly(server, moment, moment.live))
}

/** Why, for a cell: no heartbeat since 10:01:13, limit 60 s. Empty for a healthy server. */
export function whyBriefly(server: ServerFacts, moment: Moment, ticking = false): string {
  switch (server.reason) {
    case 'HEALTHY':
      return ''
    case 'SUSPENDED':
      return 'suspended: heartbeats are stored, nobody is notified'
    case 'NEVER_SEEN':
      return 'waiting for its first heartbeat'
    case 'HEARTBEAT_EXPIRED':
      return `${silence(server, moment, ticking)}, limit ${limit(server.limitSeconds)}`
    case 'ACTIVE_ALERTS':
      return server.alerts.length > 0 ? firstOf(server.alerts, 'alert') : 'an alert is active'
    case 'ACTIVE_ANOMALIES':
      return server.anomalies.length > 0 ? firstOf(server.anomalies, 'anomaly', 'anomalies') : 'an anomaly is active'
  }
}

/** Of a server that is OFFLINE for it: the hub has seen that it is longer than the limit, whatever the second on our clock. */
function silence(server: ServerFacts, moment: Moment, ticking: boolean): string {
  const { lastHeartbeatAt, limitSeconds } = server
  if (lastHeartbeatAt === null) return 'no heartbeat'
  return ticking
    ? `no heartbeat for ${elapsed(Math.max(moment.now - lastHeartbeatAt, limitSeconds * 1_000))}`
    : `no heartbeat ${sinceWhen(lastHeartbeatAt, moment)}`
}

/** The first message, and how many there are beside it. */
export function firstOf(list: readonly { readonly message: string }[], one: string, many?: string): string {
  const first = list[0]?.message.replace(/\.$/, '') ?? ''
  return list.length > 1 ? `${first}, and ${count(list.length - 1, `more ${one}`, many && `more ${many}`)}` : first
}

export function sentence(text: string): string {
  if (text === '') return ''
  const start = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.!?”]$/.test(start) ? start : `${start}.`
}

/** OFFLINE for 4 min 29 s: a status for a list, an option, a title. */
export function statusInBrief(server: ServerFacts & { readonly since: number }, moment: Moment): string {
  return `${statusWord(kindOf(server.status, server.reason))} ${forHowLong(server.since, moment)}`
}
