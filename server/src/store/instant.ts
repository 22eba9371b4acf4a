import { Type } from '@mikro-orm/core'
import type { Instant } from '../core/types.ts'

/**
 * SQL that reads a timestamp as an Instant: milliseconds since the epoch, exact to the microsecond. In floating point, because
 * what `extract` gives costs ten times as much.
 */
export function ms(column: string): string {
  return `(round(date_part('epoch', ${column}) * 1000000) / 1000)`
}

/** Of `date_part('epoch', …)`: what `ms` gives. */
export function instantOf(epochSeconds: number): Instant {
  return Math.round(epochSeconds * 1_000_000) / 1_000
}

/** SQL that turns a parameter that holds an Instant into a timestamp. */
export function timestamp(parameter: string): string {
  return `('epoch'::timestamptz + ${parameter}::float8 * interval '1 millisecond')`
}

/** A `timestamptz` column that the program sees as an Instant. */
export class InstantType extends Type<Instant, number> {
  override getColumnType(): string {
    return 'timestamptz'
  }

  override convertToDatabaseValueSQL(key: string): string {
    return timestamp(key)
  }

  override convertToJSValueSQL(key: string): string {
    return ms(key)
  }

  override convertToJSValue(value: number | null): Instant {
    return value as Instant
  }

  override compareAsType(): string {
    return 'number'
  }
}
