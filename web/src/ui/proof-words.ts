import { clock, duration, limit } from './durations.ts'
import { figure } from './numbers.ts'
import type { ServerStatus } from './status.ts'
import { ago, count, type Moment } from './words.ts'

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
