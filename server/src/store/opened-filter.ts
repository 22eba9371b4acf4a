import type { Instant, ServerId } from '../core/types.ts'
import { timestamp } from './instant.ts'
import type { Parameters } from './server-filter.ts'

/** Which of what was opened about servers, alerts or anomalies, is meant: all of the conditions that are given. */
export interface OpenedFilter {
  readonly serverId?: ServerId | undefined
  /** Of servers that have all of these tags now. */
  readonly tags?: readonly string[] | undefined
  readonly active?: boolean | undefined
  /** Opened at this instant or later. */
  readonly since?: Instant | undefined
  /** Opened before this instant. */
  readonly until?: Instant | undefined
}

/** SQL that holds for the rows of `alert` or `anomaly` that pass the filter. */
export function openedConditions(filter: OpenedFilter, parameters: Parameters): string[] {
  const { serverId, tags, active, since, until } = filter
  const conditions: string[] = []
  if (serverId !== undefined) conditions.push(`server_id = ${parameters.add(serverId)}::int`)
  if (tags) conditions.push(`server_id in (select s.id from server s where s.tags @> ${parameters.add(tags)}::text[])`)
  if (active !== undefined) conditions.push(`resolved_at is ${active ? '' : 'not '}null`)
  if (since !== undefined) conditions.push(`opened_at >= ${timestamp(parameters.add(since))}`)
  if (until !== undefined) conditions.push(`opened_at < ${timestamp(parameters.add(until))}`)
  return conditions
}

/** The same, for one that is known already, with its server's tags. */
export function isOpenedAs(
  opened: { readonly serverId: ServerId; readonly openedAt: Instant; readonly resolvedAt: Instant | null },
  { serverId, tags, active, since, until }: OpenedFilter,
  serverTags: readonly string[],
): boolean {
  if (serverId !== undefined && opened.serverId !== serverId) return false
  if (tags && !tags.every((tag) => serverTags.includes(tag))) return false
  if (active !== undefined && (opened.resolvedAt === null) !== active) return false
  if (since !== undefined && opened.openedAt < since) return false
  return until === undefined || opened.openedAt < until
}
