import { clock, duration, elapsed, limit } from './durations.ts'
import { figure } from './numbers.ts'
import { kindOf, type ServerStatus, type StatusKind, type StatusReason, statusWord } from './status.ts'

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

/** How many servers are in which state. `needYou` are the problems that nobody has acknowledged. */
export interface FleetTally extends Readonly<Record<StatusKind, number>> {
  readonly total: number
  readonly needYou: number
  readonly newOffline: number
  readonly newWarning: number
}

export function fleetSentence(tally: FleetTally, live = true): string {
  const { needYou, total } = tally
  if (total === 0) return 'No servers yet'
  if (needYou === 0) return live ? 'No server needs you' : 'No server needed you'
  const verb = live ? (needYou === 1 ? 'needs you' : 'need you') : 'needed you'
  if (total === 1) return `1 server ${verb}`
  return `${figure(needYou)} of ${figure(total)} servers ${verb}`
}

/** The sentences below the fleet sentence: what the problems are, and when anything last changed. */
export function fleetSummary(tally: FleetTally, lastChangeAt: number | null, moment: Moment): string {
  const sentences = tally.needYou > 0 ? [problemsInWords(tally)] : [healthInWords(tally)]
  const acknowledged = tally.offline + tally.warning - tally.needYou
  if (acknowledged > 0) sentences.push(acknowledgedInWords(acknowledged, tally.needYou > 0))
  if (lastChangeAt !== null) sentences.push(`Last change ${elapsed(moment.now - lastChangeAt)} ago.`)
  return sentences.filter(Boolean).join(' ')
}

/** 8 of 1,024 need you: 3 offline, 5 warning. 1 problem is acknowledged. Beside a page's title. */
export function fleetBrief(tally: FleetTally): string {
  const { needYou, total, newOffline, newWarning } = tally
  const acknowledged = tally.offline + tally.warning - needYou
  const parts = [newOffline > 0 && `${figure(newOffline)} offline`, newWarning > 0 && `${figure(newWarning)} warning`]
  const first =
    needYou === 0
      ? `${fleetSentence(tally)}.`
      : `${figure(needYou)} of ${figure(total)} ${needYou === 1 ? 'needs' : 'need'} you: ${parts.filter(Boolean).join(', ')}.`
  return acknowledged > 0 ? `${first} ${acknowledgedInWords(acknowledged, false)}` : first
}

function problemsInWords({ newOffline, newWarning }: FleetTally): string {
  const parts = []
  if (newOffline > 0) parts.push(`${figure(newOffline)} ${newOffline === 1 ? 'is' : 'are'} offline`)
  if (newWarning > 0) parts.push(`${figure(newWarning)} ${newWarning === 1 ? 'has a' : 'have a'} new warning`)
  return `${parts.join(', ')}.`
}

function acknowledgedInWords(n: number, more: boolean): string {
  return `${figure(n)} ${more ? 'more ' : ''}${n === 1 ? 'problem is' : 'problems are'} acknowledged.`
}

function healthInWords({ total, waiting, suspended, offline, warning, online }: FleetTally): string {
  const beating = online + offline + warning
  const parts = []
  if (waiting > 0)
    parts.push(`${figure(waiting)} ${waiting === 1 ? 'waits for its' : 'wait for their'} first heartbeat`)
  if (suspended > 0) parts.push(`${figure(suspended)} ${suspended === 1 ? 'is' : 'are'} suspended`)
  const rest = parts.length > 0 ? `${parts.join(', ')}.` : ''
  const healthy =
    offline + warning > 0 || beating === 0
      ? ''
      : beating === 1
        ? 'It beats as it should.'
        : `All ${figure(beating)} that should beat do.`
  return beating === total ? healthy : [healthy, rest].filter(Boolean).join(' ')
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
      return `${silence(server.lastHeartbeatAt, moment, ticking)}, limit ${limit(server.limitSeconds)}`
    case 'ACTIVE_ALERTS':
      return server.alerts.length > 0 ? firstOf(server.alerts, 'alert') : 'an alert is active'
    case 'ACTIVE_ANOMALIES':
      return server.anomalies.length > 0 ? firstOf(server.anomalies, 'anomaly', 'anomalies') : 'an anomaly is active'
  }
}

function silence(lastHeartbeatAt: number | null, moment: Moment, ticking: boolean): string {
  if (lastHeartbeatAt === null) return 'no heartbeat'
  return ticking
    ? `no heartbeat for ${elapsed(moment.now - lastHeartbeatAt)}`
    : `no heartbeat ${sinceWhen(lastHeartbeatAt, moment)}`
}

function firstOf(list: readonly { readonly message: string }[], one: string, many?: string): string {
  const first = list[0]?.message.replace(/\.$/, '') ?? ''
  return list.length > 1 ? `${first}, and ${count(list.length - 1, `more ${one}`, many && `more ${many}`)}` : first
}

export function sentence(text: string): string {
  if (text === '') return ''
  const start = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.!?”]$/.test(start) ? start : `${start}.`
}

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

/** The hub's proof of a status, as `statusExplanation` gives it. */
export interface Proof {
  readonly rule: 'SUSPENDED' | 'NEVER_SEEN' | 'SILENT_TOO_LONG' | 'ACTIVE_ALERTS' | 'ACTIVE_ANOMALIES' | 'ALIVE'
  readonly evaluatedAt: number
  readonly lastHeartbeatAt: number | null
  /** Observed silence: our own outages do not count. Null before the first heartbeat. */
  readonly silenceSeconds: number | null
  readonly limitSeconds: number
  readonly activeAlerts: number
  readonly activeAnomalies: number
  readonly nextTransitionAt: number | null
  readonly wouldBecome: ServerStatus | null
}

/** Silence that was not observed is named from this length on. */
const WORTH_NAMING_MS = 1_000

/** The proof of a status in words, to be read after the status: last heartbeat 10:01:13, limit 60 s. */
export function proof(facts: Proof, moment: Moment): string {
  const heard =
    facts.lastHeartbeatAt === null
      ? 'no heartbeat yet'
      : `last heartbeat ${heardAt(facts, facts.lastHeartbeatAt, moment)}`
  const bound = `limit ${limit(facts.limitSeconds)}`
  switch (facts.rule) {
    case 'SUSPENDED':
      return `heartbeats are stored, nobody is notified; ${heard}`
    case 'NEVER_SEEN':
      return 'waiting for its first heartbeat; nobody is notified while it waits'
    case 'SILENT_TOO_LONG':
      return `${heard}, ${bound}${unobserved(facts)}`
    case 'ACTIVE_ALERTS':
      return `${active(facts)}; ${heard}, ${bound}`
    case 'ACTIVE_ANOMALIES':
      return `${active(facts)}; ${heard}, ${bound}`
    case 'ALIVE':
      return `${heard}, ${bound}${unobserved(facts)}`
  }
}

/** How long it is silent is said of a server that is not OFFLINE: of one that is, how long it is OFFLINE counts. */
function heardAt({ rule }: Proof, lastHeartbeatAt: number, moment: Moment): string {
  const at = clock(lastHeartbeatAt, moment.now)
  return moment.live && rule !== 'SILENT_TOO_LONG' ? `${at}, ${ago(lastHeartbeatAt, moment)}` : at
}

/** What would change the status, in words. */
export function nextChange(facts: Proof, moment: Moment): string {
  const after = facts.activeAlerts > 0 || facts.activeAnomalies > 0 ? `WARNING, because ${active(facts)}` : 'ONLINE'
  switch (facts.rule) {
    case 'SUSPENDED':
      return 'It stays suspended until somebody resumes it.'
    case 'NEVER_SEEN':
      return `Its first heartbeat makes it ${after}.`
    case 'SILENT_TOO_LONG':
      return `Nothing changes by itself; its next heartbeat makes it ${after}.`
    case 'ACTIVE_ALERTS':
    case 'ACTIVE_ANOMALIES':
      return `ONLINE when ${resolved(facts)}. ${deadline(facts, moment)}`
    case 'ALIVE':
      return deadline(facts, moment)
  }
}

function deadline({ nextTransitionAt, wouldBecome }: Proof, moment: Moment): string {
  if (nextTransitionAt === null || wouldBecome === null) return ''
  return `${wouldBecome} after ${clock(nextTransitionAt, moment.now)} if no heartbeat comes.`
}

export function active({ activeAlerts, activeAnomalies }: Pick<Proof, 'activeAlerts' | 'activeAnomalies'>): string {
  const parts = []
  if (activeAlerts > 0) parts.push(count(activeAlerts, 'alert'))
  if (activeAnomalies > 0) parts.push(count(activeAnomalies, 'anomaly', 'anomalies'))
  return `${parts.join(' and ')} ${activeAlerts + activeAnomalies === 1 ? 'is' : 'are'} active`
}

export function resolved({ activeAlerts, activeAnomalies }: Pick<Proof, 'activeAlerts' | 'activeAnomalies'>): string {
  const n = activeAlerts + activeAnomalies
  if (n === 1) return activeAlerts === 1 ? 'the alert is resolved' : 'the anomaly is resolved'
  return n === 2 ? 'both are resolved' : `all ${figure(n)} are resolved`
}

function unobserved({ lastHeartbeatAt, silenceSeconds, evaluatedAt }: Proof): string {
  if (lastHeartbeatAt === null || silenceSeconds === null) return ''
  const ms = evaluatedAt - lastHeartbeatAt - silenceSeconds * 1_000
  return ms < WORTH_NAMING_MS ? '' : `; ${duration(ms)} of the silence we could not observe`
}

/** OFFLINE for 4 min 29 s: a status for a list, an option, a title. */
export function statusInBrief(server: ServerFacts & { readonly since: number }, moment: Moment): string {
  return `${statusWord(kindOf(server.status, server.reason))} ${forHowLong(server.since, moment)}`
}

/** What is spoken of changes that came together: by name while they are few, else by number. */
export function announcement(
  changes: readonly (Pick<ChangeFacts, 'to' | 'reason' | 'from'> & { readonly serverName: string })[],
): string {
  if (changes.length <= 2) return changes.map((change) => `${change.serverName} ${happened(change)}.`).join(' ')
  const numbers = new Map<string, number>()
  for (const change of changes) {
    const word = statusWord(kindOf(change.to, change.reason))
    numbers.set(word, (numbers.get(word) ?? 0) + 1)
  }
  return [...numbers].map(([word, n]) => `${count(n, 'server')} became ${word}.`).join(' ')
}
