import type { FeedEntry, FleetRow } from '../api/fleet-store.ts'
import { clock, clockMinute, elapsed } from '../ui/durations.ts'
import { type Moment, sentence } from '../ui/words.ts'

/** The line below the reason: who took the warning on, or what else is known of the problem. */
export function moreAbout(row: FleetRow, feed: readonly FeedEntry[], moment: Moment): string {
  if (row.reason === 'HEARTBEAT_EXPIRED') return before(row, feed)
  if (row.reason === 'ACTIVE_ANOMALIES') {
    const [first] = row.anomalies
    return first ? `Anomaly in ${first.metric}, score ${first.score}.` : ''
  }
  if (row.reason !== 'ACTIVE_ALERTS') return ''
  return taken(row, moment) ?? [others(row), raised(row, moment)].filter(Boolean).join(' ')
}

/** What it was before it fell silent, as far as the feed knows. */
function before(row: FleetRow, feed: readonly FeedEntry[]): string {
  const entry = feed.find((known) => known.serverId === row.id && known.at === row.since)
  const cause = row.alerts[0] ? `: ${row.alerts[0].message}` : ''
  if (!entry?.from || entry.from === 'OFFLINE') return cause && sentence(`an alert was active before${cause}`)
  const lasted = entry.lastedMs === null ? '' : ` for ${elapsed(entry.lastedMs)}`
  return entry.from === 'WARNING'
    ? sentence(`was WARNING${lasted} before${cause}`)
    : lasted && sentence(`was ${entry.from}${lasted} before`)
}

function taken(row: FleetRow, moment: Moment): string | undefined {
  const alert = row.alerts.find((one) => one.acknowledgedAt !== null)
  if (!alert?.acknowledgedAt) return undefined
  const note = alert.acknowledgeNote ? `: “${alert.acknowledgeNote}”` : ''
  return `${alert.acknowledgedBy ?? 'Acknowledged'} at ${clockMinute(Date.parse(alert.acknowledgedAt), moment.now)}${note}`
}

function others(row: FleetRow): string {
  const [, second] = row.alerts
  return second ? sentence(second.message) : ''
}

function raised(row: FleetRow, moment: Moment): string {
  const [first] = row.alerts
  return first ? `Alert raised by ${first.openedBy} at ${clock(Date.parse(first.openedAt), moment.now)}.` : ''
}
