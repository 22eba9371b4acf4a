import type { LocationQuery, LocationQueryRaw } from 'vue-router'
import { NBSP } from '../ui/durations.ts'

/** How far back a list goes. */
export const SPANS = { '1h': 1, '24h': 24, '7d': 168, '30d': 720, '90d': 2_160 } as const
export type Span = keyof typeof SPANS
const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000

/** What every list of records can be narrowed to. All of it stands in the address. */
export interface RecordFilter {
  /** The server's id. */
  readonly server: string | null
  /** All of these. */
  readonly tags: readonly string[]
  /** As far back as this, or between two moments of the viewer's clock, or all. */
  readonly time: Span | { readonly since: number | null; readonly until: number | null } | null
}

export function recordFilterOf(query: LocationQuery): RecordFilter {
  const span = textOf(query.span)
  const since = instantOf(textOf(query.since))
  const until = instantOf(textOf(query.until))
  const between = since === null && until === null ? null : { since, until }
  return {
    server: /^\d+$/.test(textOf(query.server)) ? textOf(query.server) : null,
    tags: wordsOf(query.tags),
    time: Object.hasOwn(SPANS, span) ? (span as Span) : between,
  }
}

/** The address of a filter; what is as usual is left out. */
export function recordQueryOf({ server, tags, time }: RecordFilter): LocationQueryRaw {
  return {
    ...(server !== null && { server }),
    ...(tags.length > 0 && { tags: tags.join() }),
    ...(typeof time === 'string' && { span: time }),
    ...(time !== null && typeof time === 'object' && rangeQuery(time.since, time.until)),
  }
}

function rangeQuery(since: number | null, until: number | null): LocationQueryRaw {
  return {
    ...(since !== null && { since: new Date(since).toISOString() }),
    ...(until !== null && { until: new Date(until).toISOString() }),
  }
}

/** What a range begins with: the last 24 h, to the minute. It stands in the address, so it cannot be open at both ends. */
export function firstRange(now: number): { readonly since: number; readonly until: null } {
  return { since: Math.floor(now / MINUTE_MS) * MINUTE_MS - 24 * HOUR_MS, until: null }
}

/** The filter's times as the API takes them; a span is counted back from now. */
export function timesOf(time: RecordFilter['time'], now: number): { since?: string; until?: string } {
  if (time === null) return {}
  if (typeof time === 'string') return { since: new Date(now - SPANS[time] * HOUR_MS).toISOString() }
  const { since, until } = time
  return {
    ...(since !== null && { since: new Date(since).toISOString() }),
    ...(until !== null && { until: new Date(until).toISOString() }),
  }
}

/** 24 h, 7 d. */
export function spanWord(span: Span): string {
  return span.replace(/(\d+)/, `$1${NBSP}`)
}

/** The hub's file of a list: what the page shows, and all of it. */
export function exportUrl(
  file: string,
  filter: Readonly<Record<string, string | readonly string[] | undefined>>,
): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(filter)) {
    for (const one of value === undefined ? [] : [value].flat()) query.append(name, one)
  }
  const text = query.toString()
  return `/api/export/${file}${text && `?${text}`}`
}

export function textOf(value: LocationQuery[string] | undefined): string {
  return (Array.isArray(value) ? value[0] : value) ?? ''
}

export function wordsOf(value: LocationQuery[string] | undefined): string[] {
  return textOf(value).split(',').filter(Boolean)
}

function instantOf(text: string): number | null {
  const at = Date.parse(text)
  return Number.isNaN(at) ? null : at
}
