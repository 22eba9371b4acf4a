import type { Server, ServerId, ServerStatus, StatusReason } from '../core/types.ts'

/** Which servers are meant: all of the conditions that are given. */
export interface ServerFilter {
  readonly ids?: readonly ServerId[] | undefined
  /** A part of the name, whatever its case. */
  readonly search?: string | undefined
  readonly statuses?: readonly ServerStatus[] | undefined
  readonly reasons?: readonly StatusReason[] | undefined
  /** Servers that have all of these tags. */
  readonly tags?: readonly string[] | undefined
}

/** Collects the values of a statement; answers the placeholder of each. */
export class Parameters {
  readonly values: unknown[] = []

  add(value: unknown): string {
    return `$${this.values.push(value)}`
  }
}

/** SQL that holds for the servers `s` that pass the filter and are not deleted. */
export function serverCondition(filter: ServerFilter, parameters: Parameters): string {
  const conditions = ['s.deleted_at is null']
  const { ids, search, statuses, reasons, tags } = filter
  if (ids) conditions.push(`s.id = any(${parameters.add(ids)}::int[])`)
  if (search) conditions.push(`s.name ilike ${parameters.add(`%${search.replace(/[\\%_]/g, '\\$&')}%`)}`)
  if (statuses) conditions.push(`s.status = any(${parameters.add(statuses)}::text[])`)
  if (reasons) conditions.push(`s.status_reason = any(${parameters.add(reasons)}::text[])`)
  if (tags) conditions.push(`s.tags @> ${parameters.add(tags)}::text[]`)
  return conditions.join(' and ')
}

/** The same, for one that is known already and not deleted. */
export function passesFilter(server: Server, { ids, search, statuses, reasons, tags }: ServerFilter): boolean {
  if (ids && !ids.includes(server.id)) return false
  if (search && !server.name.toLowerCase().includes(search.toLowerCase())) return false
  if (statuses && !statuses.includes(server.status)) return false
  if (reasons && !reasons.includes(server.statusReason)) return false
  return !tags || tags.every((tag) => server.tags.includes(tag))
}
