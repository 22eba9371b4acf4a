import fc from 'fast-check'
import { expect, test } from 'vitest'
import { writeInstant } from './write-instant.ts'

test('an instant is written as toISOString does', () => {
  fc.assert(
    fc.property(fc.date({ noInvalidDate: true }), (date) => {
      expect(writeInstant(date.getTime())).toBe(date.toISOString())
    }),
  )
})

test.each([0, 7, 70, 700, 999, 1_000, -1, Date.UTC(2026, 10, 26, 3, 4, 5, 6), Date.UTC(12_026, 0)])('%d', (at) => {
  expect(writeInstant(at)).toBe(new Date(at).toISOString())
  expect(writeInstant(at)).toBe(new Date(at).toISOString())
})

test('what is no instant is not written', () => {
  expect(() => writeInstant(Number.NaN)).toThrow(RangeError)
  expect(() => writeInstant(Infinity)).toThrow(RangeError)
})
