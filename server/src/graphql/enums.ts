import { registerEnumType } from 'type-graphql'
import { RESOLUTIONS } from '../core/series.ts'
import { STRIP_STATUSES } from '../core/strip.ts'
import {
  ALERT_SEVERITIES,
  FAREWELL_REASONS,
  GAP_CAUSES,
  SERVER_STATUSES,
  STATUS_REASONS,
  STATUS_RULES,
  TOLD_SERVER_CHANGES,
} from '../core/types.ts'

/** The glossary's words as GraphQL enums: each value stands for itself. */
export const ServerStatusEnum = register(SERVER_STATUSES, 'ServerStatus', 'What a server is right now.')
export const StatusReasonEnum = register(STATUS_REASONS, 'StatusReason', 'Why a server has its status.')
export const StatusRuleEnum = register(STATUS_RULES, 'StatusRule', 'The line of the status rule that decided.')
export const AlertSeverityEnum = register(ALERT_SEVERITIES, 'AlertSeverity', 'How much an alert matters.')
export const GapCauseEnum = register(GAP_CAUSES, 'GapCause', 'Why no heartbeat could be heard.')
export const FarewellReasonEnum = register(
  FAREWELL_REASONS,
  'FarewellReason',
  'Why an agent ends: its service was stopped, or the machine goes down, or goes down to come back.',
)
export const ServerChangeKindEnum = register(
  TOLD_SERVER_CHANGES,
  'ServerChangeKind',
  'What happened to a server. LEFT_FILTER: it does not pass the filter of the subscription any more.',
)
export const ResolutionEnum = register(
  RESOLUTIONS,
  'MetricResolution',
  'What a series is made of: single samples, or roll-ups of 5 minutes or an hour.',
)
export const StripStatusEnum = register(
  STRIP_STATUSES,
  'StripStatus',
  'What a cell of a status strip shows: the worst of its time. UNOBSERVED: we could not observe. NONE: not created yet, or still to come.',
)
export const ServerOrderEnum = register(
  ['ID', 'NAME', 'STATUS', 'LAST_HEARTBEAT', 'STATUS_SINCE'],
  'ServerOrder',
  'STATUS: worst first, then the longest first.',
)
export const ScopeEnum = register(
  ['READ', 'OPERATE', 'ADMIN'],
  'Scope',
  'What a credential may do; each includes the ones before it.',
)

function register<T extends string>(values: readonly T[], name: string, description: string): { [K in T]: K } {
  const words = Object.fromEntries(values.map((value) => [value, value])) as { [K in T]: K }
  registerEnumType(words, { name, description })
  return words
}
