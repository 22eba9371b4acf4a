/**
 * The glossary. Every noun of the system that more than one folder speaks of is named here, once.
 *
 * Times are numbers: `Instant` is milliseconds since 1970-01-01 UTC by the database's clock, with fractions down to the
 * microsecond. Lengths end in `Ms` or `Seconds`.
 */

import type { AlertLimits } from './thresholds.ts'

/** Milliseconds since the epoch, by the database's clock. */
export type Instant = number

/** The id of a monitored machine: an integer from 1 to `MAX_SERVER_ID`. */
export type ServerId = number

/** PostgreSQL's largest `integer`. */
export const MAX_SERVER_ID = 2_147_483_647

export const SERVER_STATUSES = ['ONLINE', 'WARNING', 'OFFLINE'] as const
export type ServerStatus = (typeof SERVER_STATUSES)[number]

export const STATUS_REASONS = [
  'HEALTHY',
  'ACTIVE_ALERTS',
  'ACTIVE_ANOMALIES',
  'HEARTBEAT_EXPIRED',
  'NEVER_SEEN',
  'SUSPENDED',
] as const
export type StatusReason = (typeof STATUS_REASONS)[number]

/** A status and why: the two are always read and written together. */
export interface StatusAndReason {
  readonly status: ServerStatus
  readonly reason: StatusReason
}

/** A stretch of time in which no hub could have heard a heartbeat. `from` is before `until`. */
export interface Gap {
  readonly from: Instant
  readonly until: Instant
}

export const GAP_CAUSES = ['HUB_DOWN', 'PAUSED', 'DATABASE_UNREACHABLE', 'CLOCK_STEP'] as const
export type GapCause = (typeof GAP_CAUSES)[number]

/** A recorded gap. */
export interface ObservationGap extends Gap {
  readonly id: number
  readonly cause: GapCause
}

/** What a hub says of itself with each stamp. */
export interface HubFigures {
  readonly name: string
  readonly version: string
  readonly leads: boolean
  /** How long the oldest waiting heartbeat has waited; null while none waits longer than it should. */
  readonly backlogMs: number | null
  /** Of the last ten seconds. */
  readonly heartbeatsPerSecond: number
  /** The longest time from a status change to its hand-over to subscribers, of the last ten seconds; null: none changed. */
  readonly feedLagMs: number | null
}

/** A hub as the others know it. Its id is a new one at each start. */
export interface HubState extends HubFigures {
  readonly id: string
  readonly startedAt: Instant
  readonly stampedAt: Instant
  /** It has stamped within the last seconds. */
  readonly isLive: boolean
}

/** Everything that the status of one server depends on, except the time. */
export interface StatusFacts {
  readonly suspended: boolean
  /** Null until the first heartbeat. */
  readonly lastHeartbeatAt: Instant | null
  /** Silence of more than this makes the server OFFLINE. 2 to 86,400. */
  readonly offlineAfterSeconds: number
  readonly activeAlerts: number
  readonly activeAnomalies: number
  /** Gaps that reach past `lastHeartbeatAt`, in any order; they may overlap. */
  readonly gaps: readonly Gap[]
}

/** What `evaluateStatus` answers: the status and its proof. */
export interface Verdict extends StatusAndReason {
  /** Which line of the rule decided. */
  readonly rule: StatusRule
  readonly evaluatedAt: Instant
  readonly lastHeartbeatAt: Instant | null
  /** Time since the last heartbeat less the gaps in between; null before the first heartbeat. */
  readonly observedSilenceMs: number | null
  readonly limitMs: number
  readonly activeAlerts: number
  readonly activeAnomalies: number
  /** The deadline: the last instant at which the server still counts as alive if nothing more is heard. Null where time alone changes nothing. */
  readonly nextTransitionAt: Instant | null
  /** What the status becomes just after `nextTransitionAt`. Null where `nextTransitionAt` is. */
  readonly wouldBecome: StatusAndReason | null
}

export const STATUS_RULES = [
  'SUSPENDED',
  'NEVER_SEEN',
  'SILENT_TOO_LONG',
  'ACTIVE_ALERTS',
  'ACTIVE_ANOMALIES',
  'ALIVE',
] as const
export type StatusRule = (typeof STATUS_RULES)[number]

/** A monitored machine as stored. Never carries its token's hash. */
export interface Server {
  readonly id: ServerId
  readonly name: string
  readonly description: string
  readonly tags: readonly string[]
  readonly offlineAfterSeconds: number
  readonly suspended: boolean
  readonly status: ServerStatus
  readonly statusReason: StatusReason
  readonly statusSince: Instant
  readonly createdAt: Instant
  readonly updatedAt: Instant
  readonly deletedAt: Instant | null
  readonly lastHeartbeatAt: Instant | null
  readonly agentVersion: string | null
  /** Of the machine's boot in which it was last heard; null where its agent does not say. */
  readonly bootId: string | null
  readonly agentStartedAt: Instant | null
  /** Its own limits; what is missing is the default. */
  readonly alertLimits: Partial<AlertLimits>
  /** Somebody knows of the status that it has now; null from the next change of it on. */
  readonly statusAcknowledgement: StatusAcknowledgement | null
}

/** Says that somebody knows of a status. It changes none. */
export interface StatusAcknowledgement {
  readonly by: string
  readonly at: Instant
  readonly note: string | null
}

/** What an agent may say of itself with a heartbeat. */
export interface AgentFacts {
  readonly agentVersion?: string
  readonly bootId?: string
  readonly agentStartedAt?: Instant
  /** How many attempts had failed before this one arrived. */
  readonly retries?: number
  /** When it was sent, by the machine's own clock. */
  readonly sentAt?: Instant
}

/** Why an agent ends: its service was stopped, or the machine goes down, or goes down to come back. */
export const FAREWELL_REASONS = ['STOPPED', 'SHUTDOWN', 'REBOOT'] as const
export type FarewellReason = (typeof FAREWELL_REASONS)[number]

/** An agent's last word. It explains a silence and changes no status; the next heartbeat makes it void. */
export interface Farewell {
  readonly reason: FarewellReason
  readonly at: Instant
  /** When the agent expects to be back; null where it does not say. */
  readonly expectedBackAt: Instant | null
}

/** One durable row for one status change. Ids are in commit order. */
export interface StatusEvent {
  readonly id: number
  /** As it is when the event is read; deleted ones too. */
  readonly server: Server
  readonly from: ServerStatus | null
  readonly fromReason: StatusReason | null
  readonly to: ServerStatus
  readonly reason: StatusReason
  /** When it became true: the deadline, the heartbeat's arrival, or the change that caused it. */
  readonly at: Instant
  /** When it was committed, as near as the database can tell. */
  readonly detectedAt: Instant
  readonly lastHeartbeatAt: Instant | null
  readonly gap: ObservationGap | null
  /** Set where the server fell silent after its agent had said goodbye. */
  readonly farewell: Farewell | null
}

export const ALERT_SEVERITIES = ['INFO', 'WARNING', 'CRITICAL'] as const
export type AlertSeverity = (typeof ALERT_SEVERITIES)[number]

/** A threshold crossed, or raised by a tool. Active until resolved; acknowledging does not end it. */
export interface Alert {
  readonly id: number
  readonly serverId: ServerId
  /** One open alert a server and key. */
  readonly key: string
  readonly severity: AlertSeverity
  readonly message: string
  readonly value: number | null
  readonly threshold: number | null
  readonly openedAt: Instant
  readonly openedBy: string
  readonly acknowledgedAt: Instant | null
  readonly acknowledgedBy: string | null
  readonly acknowledgeNote: string | null
  readonly resolvedAt: Instant | null
  readonly resolvedBy: string | null
  readonly resolveNote: string | null
}

/** A statistical outlier in a metric. Active until resolved. */
export interface Anomaly {
  readonly id: number
  readonly serverId: ServerId
  /** One open anomaly a server and metric. */
  readonly metric: string
  readonly message: string
  readonly score: number
  readonly value: number | null
  readonly expected: number | null
  readonly openedAt: Instant
  readonly openedBy: string
  readonly resolvedAt: Instant | null
  readonly resolvedBy: string | null
  readonly resolveNote: string | null
}

export const SERVER_CHANGES = ['CREATED', 'UPDATED', 'DELETED'] as const
export type ServerChangeKind = (typeof SERVER_CHANGES)[number]

/** What is told of a server to those who asked for some: also that it does not pass their filter any more. */
export const TOLD_SERVER_CHANGES = [...SERVER_CHANGES, 'LEFT_FILTER'] as const
export type ToldServerChange = (typeof TOLD_SERVER_CHANGES)[number]
