import type { FeedEntry } from '../api/feed-entries.ts'
import type { Acknowledgement, FleetRow } from '../api/fleet-store.ts'
import { clock, clockMinute, elapsed, fullMoment } from '../ui/durations.ts'
import { statusWord } from '../ui/status.ts'
import { type Moment, sentence, whyBriefly } from '../ui/words.ts'
import { rowKind } from './tally.ts'

/** The line below the reason: who took the warning on, or what else is known of the problem. */
export function moreAbout(row: FleetRow, feed: readonly FeedEntry[], moment: Moment): string {
  const known = acknowledgedInWords(row, moment)
  if (known) return known
  if (row.reason === 'HEARTBEAT_EXPIRED') return before(row, feed)
  if (row.reason === 'ACTIVE_ANOMALIES') {
    const [first] = row.anomalies
    return first ? `Anomaly in ${first.metric}, score ${first.score}.` : ''
  }
  if (row.reason !== 'ACTIVE_ALERTS') return ''
  return [others(row), raised(row, moment)].filter(Boolean).join(' ')
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

/** Mara K. at 09:11: “backfill, ends 10:30”. Undefined where nobody has taken it on. */
export function acknowledgedInWords(row: FleetRow, moment: Moment): string | undefined {
  if (row.acknowledgement) return knownBy(row.acknowledgement, moment)
  const alert = row.reason === 'ACTIVE_ALERTS' ? row.alerts.find((one) => one.acknowledgedAt !== null) : undefined
  if (!alert?.acknowledgedAt) return undefined
  return knownBy(
    { by: alert.acknowledgedBy ?? 'Acknowledged', at: Date.parse(alert.acknowledgedAt), note: alert.acknowledgeNote },
    moment,
  )
}

function knownBy({ by, at, note }: Acknowledgement, moment: Moment): string {
  return `${by} at ${clockMinute(at, moment.now)}${note ? `: “${note}”` : ''}`
}

function others(row: FleetRow): string {
  const [, second] = row.alerts
  return second ? sentence(second.message) : ''
}

function raised(row: FleetRow, moment: Moment): string {
  const [first] = row.alerts
  return first ? `Alert raised by ${first.openedBy} at ${clock(Date.parse(first.openedAt), moment.now)}.` : ''
}

/** To be pasted where people talk: db-ams-03 is OFFLINE since 10:02:13 UTC. No heartbeat since 10:01:13, limit 60 s. */
export function proofAsText(row: FleetRow, moment: Moment): string {
  const since = `${row.name} is ${statusWord(rowKind(row))} since ${fullMoment(row.since)}.`
  const known = acknowledgedInWords(row, moment)
  return [since, sentence(whyBriefly(row, moment)), known && `Acknowledged by ${known}.`].filter(Boolean).join(' ')
}
