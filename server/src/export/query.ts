import { ALERT_SEVERITIES, type Instant, SERVER_STATUSES, type ServerId, STATUS_REASONS } from '../core/types.ts'
import { bad, cleanServerIds, cleanTags } from '../graphql/clean.ts'
import { readInstant } from '../graphql/read-instant.ts'
import type { AlertFilter } from '../store/alerts.ts'
import type { AnomalyFilter } from '../store/anomalies.ts'
import type { StatusEventFilter } from '../store/event-log.ts'

/** The query string of an address: a name may come once or several times. */
export type Query = Readonly<Record<string, string | readonly string[] | undefined>>

const OPENED = ['server', 'tag', 'active', 'since', 'until']

/*
 * The filters of the API as a query string: ?server=1&server=2&tag=web&status=OFFLINE&since=2026-01-31T12:00:00Z. A name
 * that is none is refused: a misspelt filter must not let everything through.
 */

export function statusEventFilterIn(query: Query): StatusEventFilter {
  allowOnly(query, ['server', 'tag', 'status', 'reason', 'since', 'until'])
  return {
    serverIds: several(query, 'server') && serversIn(query),
    tags: tagsIn(query),
    to: oneOfThese(query, 'status', SERVER_STATUSES),
    reasons: oneOfThese(query, 'reason', STATUS_REASONS),
    ...rangeIn(query),
  }
}

export function alertFilterIn(query: Query): AlertFilter {
  allowOnly(query, [...OPENED, 'severity'])
  return { ...openedIn(query), severities: oneOfThese(query, 'severity', ALERT_SEVERITIES) }
}

export function anomalyFilterIn(query: Query): AnomalyFilter {
  allowOnly(query, OPENED)
  return openedIn(query)
}

function openedIn(query: Query): AnomalyFilter {
  const servers = several(query, 'server') && serversIn(query)
  if (servers && servers.length > 1) throw bad('server', 'must not be given more than once.')
  return { serverId: servers?.[0], tags: tagsIn(query), active: flagIn(query, 'active'), ...rangeIn(query) }
}

function rangeIn(query: Query): { since: Instant | undefined; until: Instant | undefined } {
  return { since: instantIn(query, 'since'), until: instantIn(query, 'until') }
}

function allowOnly(query: Query, names: readonly string[]): void {
  for (const name of Object.keys(query)) {
    if (!names.includes(name)) throw bad(name.slice(0, 50), `is not a filter here; there are ${names.join(', ')}.`)
  }
}

function several(query: Query, name: string): readonly string[] | undefined {
  const given = query[name]
  return given === undefined || typeof given !== 'string' ? given : [given]
}

function once(query: Query, name: string): string | undefined {
  const given = several(query, name)
  if (given && given.length > 1) throw bad(name, 'must not be given more than once.')
  return given?.[0]
}

function serversIn(query: Query): ServerId[] {
  return cleanServerIds(several(query, 'server') ?? [], 'server')
}

function tagsIn(query: Query): string[] | undefined {
  const tags = several(query, 'tag')
  return tags && cleanTags(tags, 'tag')
}

function oneOfThese<T extends string>(query: Query, name: string, known: readonly T[]): T[] | undefined {
  return several(query, name)?.map((given) => {
    const found = known.find((one) => one === given)
    if (found === undefined) throw bad(name, `must be one of ${known.join(', ')}.`)
    return found
  })
}

function flagIn(query: Query, name: string): boolean | undefined {
  const given = once(query, name)
  if (given === undefined) return undefined
  if (given !== 'true' && given !== 'false') throw bad(name, 'must be true or false.')
  return given === 'true'
}

function instantIn(query: Query, name: string): Instant | undefined {
  const given = once(query, name)
  if (given === undefined) return undefined
  const instant = readInstant(given)
  if (instant === undefined) throw bad(name, 'must be ISO 8601 with a zone, such as 2026-01-31T12:00:00Z.')
  return instant
}
