import type { ServerAlertFragment, ServerAnomalyFragment } from '../api/generated/graphql.ts'
import { clock, clockMinute, duration, elapsed, NBSP } from '../ui/durations.ts'
import type { Moment } from '../ui/words.ts'

/** What is known of an alert, below its message. */
export function aboutAlert(alert: ServerAlertFragment, moment: Moment): string {
  if (alert.resolvedAt !== null) return ended(alert, moment)
  const parts = [
    `Alert, ${alert.severity.toLowerCase()}. ${threshold(alert)} by ${alert.openedBy}, ${since(alert.openedAt, moment)}.`,
  ]
  if (alert.acknowledgedAt !== null) {
    parts.push(
      `Acknowledged by ${alert.acknowledgedBy ?? 'somebody'} at ${clockMinute(Date.parse(alert.acknowledgedAt), moment.now)}${quoted(alert.acknowledgeNote)}.`,
    )
  }
  return parts.join(' ')
}

export function aboutAnomaly(anomaly: ServerAnomalyFragment, moment: Moment): string {
  if (anomaly.resolvedAt !== null) return ended(anomaly, moment)
  const expected = anomaly.expected === null ? '' : `, expected ${round(anomaly.expected)}`
  const value = anomaly.value === null ? '' : `Value ${round(anomaly.value)}${expected}, `
  return `Anomaly in ${anomaly.metric}. ${value}${value ? 'score' : 'Score'} ${round(anomaly.score)}, ${since(anomaly.openedAt, moment)}.`
}

interface Ended {
  readonly openedAt: string
  readonly resolvedAt: string | null
  readonly resolvedBy: string | null
  readonly resolveNote: string | null
}

function ended({ openedAt, resolvedAt, resolvedBy, resolveNote }: Ended, moment: Moment): string {
  if (resolvedAt === null) return ''
  const at = Date.parse(resolvedAt)
  return `Resolved by ${resolvedBy ?? 'itself'} at ${clock(at, moment.now)} after ${duration(at - Date.parse(openedAt))}${quoted(resolveNote)}.`
}

function threshold({ value, threshold: bound }: ServerAlertFragment): string {
  const parts = []
  if (value !== null) parts.push(`Value ${round(value)}`)
  if (bound !== null) parts.push(`limit ${round(bound)}`)
  return parts.length > 0 ? `${parts.join(', ')}; raised` : 'Raised'
}

function since(openedAt: string, moment: Moment): string {
  const at = Date.parse(openedAt)
  const lasting = moment.live ? ` for${NBSP}${elapsed(moment.now - at)}` : ''
  return `since ${clock(at, moment.now)}${lasting}`
}

function quoted(note: string | null): string {
  return note ? `: “${note}”` : ''
}

function round(figure: number): string {
  return String(Number(figure.toFixed(1)))
}
