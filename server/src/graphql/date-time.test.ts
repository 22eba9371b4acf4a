import { Kind } from 'graphql'
import { expect, test } from 'vitest'
import { DateTime } from './date-time.ts'

const NOON = Date.UTC(2026, 0, 31, 12)

test.each([
  ['2026-01-31T12:00:00Z', NOON],
  ['2026-01-31T12:00Z', NOON],
  ['2026-01-31T13:00:00+01:00', NOON],
  ['2026-01-31T12:00:00.250Z', NOON + 250],
  ['2026-01-31t12:00:00.250999999z', NOON + 250],
])('%s is understood', (text, instant) => {
  expect(DateTime.parseValue(text)).toBe(instant)
  expect(DateTime.parseLiteral({ kind: Kind.STRING, value: text })).toBe(instant)
})

test.each([
  ['without a zone', '2026-01-31T12:00:00'],
  ['a date alone', '2026-01-31'],
  ['the 30th of February', '2026-02-30T12:00:00Z'],
  ['month 13', '2026-13-01T12:00:00Z'],
  ['a leap second', '2026-06-30T23:59:60Z'],
  ['a number', 1_769_860_800_000],
  ['null', null],
  ['an object', { at: 1 }],
  ['a NUL byte', '2026-01-31T12:00:00Z\0'],
  ['a million digits', `2026-01-31T12:00:00.${'1'.repeat(1_000_000)}Z`],
])('%s is refused', (_, value) => {
  expect(() => DateTime.parseValue(value)).toThrow('DateTime must be ISO 8601 with a zone')
})

test('a literal that is no string is refused', () => {
  expect(() => DateTime.parseLiteral({ kind: Kind.INT, value: '5' })).toThrow('DateTime must be')
})

test('an instant goes out in UTC with milliseconds, its microseconds cut', () => {
  expect(DateTime.serialize(NOON + 0.999)).toBe('2026-01-31T12:00:00.000Z')
  expect(DateTime.serialize(NOON + 7)).toBe('2026-01-31T12:00:00.007Z')
})
