import type { ServerAlertFragment, ServerAnomalyFragment } from '../api/generated/graphql.ts'

/** Who does it, when, and what they say. */
export interface Act {
  readonly by: string
  readonly at: number
  readonly note: string | null
}

/** What the hub will most likely answer: shown until it has. */
export function expectedAlert(
  alert: ServerAlertFragment,
  becomes: 'acknowledged' | 'resolved',
  { by, at, note }: Act,
): ServerAlertFragment {
  const time = new Date(at).toISOString()
  if (becomes === 'acknowledged') return { ...alert, acknowledgedAt: time, acknowledgedBy: by, acknowledgeNote: note }
  return { ...alert, active: false, resolvedAt: time, resolvedBy: by, resolveNote: note }
}

export function expectedAnomaly(anomaly: ServerAnomalyFragment, { by, at, note }: Act): ServerAnomalyFragment {
  return { ...anomaly, active: false, resolvedAt: new Date(at).toISOString(), resolvedBy: by, resolveNote: note }
}
