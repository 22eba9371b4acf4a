import { count } from '../ui/words.ts'
import type { AlertsFilter } from './alert-filter.ts'

/** The page's first sentence: how many there are of what is asked for. Undefined `n`: not known yet. */
export function headline(
  { list, state }: AlertsFilter,
  n: number | undefined,
  more: boolean,
  narrowed: boolean,
): string {
  const one = list === 'alerts' ? 'alert' : 'anomaly'
  const kind = state === 'all' ? '' : `${state} `
  if (n === undefined) return list === 'alerts' ? 'Alerts' : 'Anomalies'
  if (n === 0) return `No ${kind}${one}${narrowed ? ' here' : ''}`
  const counted = count(n, `${kind}${one}`, `${kind}${list}`)
  return more ? `The newest ${counted}` : counted
}
