import type { Instant } from '../core/types.ts'

const ISO_WITH_ZONE = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/i

/** ISO 8601 with a zone, because a time without one means another instant on each machine; undefined for anything else. */
export function readInstant(value: unknown): Instant | undefined {
  const match = typeof value === 'string' ? ISO_WITH_ZONE.exec(value) : null
  const instant = match ? Date.parse(match[0]) : Number.NaN
  return match && !Number.isNaN(instant) && isCalendarDay(match[1] as string) ? instant : undefined
}

/** Date.parse reads the 31st of February as the 3rd of March. */
function isCalendarDay(day: string): boolean {
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day)
}
