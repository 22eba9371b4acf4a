import { expect, test } from 'vitest'
import { startOf, ticksOf } from './time-axis.ts'

const NOW = Date.parse('2026-11-24T10:06:42Z')
const HOUR = 3_600_000
const said = (hours: number) => ticksOf(NOW - hours * HOUR, NOW).map((tick) => tick.said)

test('an hour has round minutes, a night round hours', () => {
  expect(said(1)).toEqual(['09:20', '09:30', '09:40', '09:50', '10:00'])
  expect(said(12)).toEqual(['00:00', '02:00', '04:00', '06:00', '08:00'])
})

test('days are named, and more of them dated', () => {
  expect(said(7 * 24)).toEqual(['Wed', 'Thu', 'Fri', 'Sat', 'Sun', 'Mon'])
  expect(said(30 * 24).at(0)).toMatch(/Oct/)
})

test('each stands where its time is, and none runs into the ends', () => {
  for (const { place } of ticksOf(NOW - 12 * HOUR, NOW)) {
    expect(place).toBeGreaterThan(0.06)
    expect(place).toBeLessThan(0.94)
  }
})

test('the beginning names its day where it is not today', () => {
  expect(startOf(NOW - HOUR, NOW)).toBe('09:06')
  expect(startOf(NOW - 12 * HOUR, NOW)).toBe('22:06 Mon')
  expect(startOf(NOW - 7 * 24 * HOUR, NOW)).toBe('17 Nov')
})
