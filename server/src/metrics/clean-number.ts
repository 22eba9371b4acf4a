import { Refusal } from '../errors.ts'

/** The largest figure that a 4-byte float holds. */
const MAX_FIGURE = 3.4e38

/** @throws Refusal BAD_USER_INPUT for what is no finite number from 0 up */
export function cleanNumber(value: unknown, field: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw badField(field, 'is not a number.')
  if (value < 0 || value > MAX_FIGURE) throw badField(field, 'is out of range.')
  return value
}

/** A little more than 100 is rounding, and cut. @throws Refusal BAD_USER_INPUT for more */
export function cleanPercent(value: number, field: string): number {
  if (value > 101) throw badField(field, 'is more than 100 per cent.')
  return Math.min(value, 100)
}

export function badField(field: string, what: string): Refusal {
  return new Refusal('BAD_USER_INPUT', `${field} ${what}`, { field })
}
