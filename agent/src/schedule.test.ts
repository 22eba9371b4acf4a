import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  leastSpacingMs,
  retryTimes,
  slotAt,
  slotStart,
  slotsUntilNextTry,
  startSchedule,
  timeoutMs,
  timeoutWithin,
} from './schedule.ts'

const middle = () => 0.5

const anInterval = fc.integer({ min: 1_000, max: 86_400_000 })
const aStart = fc.double({ min: 0, max: 1e12, noNaN: true })
const aSpread = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

describe('slots', () => {
  test('slot 0 is running at the start and slot 1 begins within one interval', () => {
    fc.assert(
      fc.property(aStart, anInterval, aSpread, (start, interval, spread) => {
        const schedule = startSchedule(start, interval, spread)
        expect(slotStart(schedule, 0)).toBeLessThanOrEqual(start)
        expect(slotStart(schedule, 1)).toBeGreaterThan(start - 1)
        expect(slotStart(schedule, 1)).toBeLessThanOrEqual(start + interval + 1)
      }),
    )
  })

  test('second beats of a fleet that was started together are spread over the interval', () => {
    const seconds = Array.from({ length: 30 }, (_, i) => slotStart(startSchedule(0, 30_000, i / 30), 1))
    expect(Math.min(...seconds)).toBe(1_000)
    expect(Math.max(...seconds)).toBe(30_000)
  })

  test.each([
    [-1, -1],
    [0, 0],
    [29_999, 0],
    [30_000, 1],
    [59_999.9, 1],
    [60_000, 2],
  ])('%d ms after the origin it is slot %d', (now, slot) => {
    expect(slotAt({ originMs: 0, intervalMs: 30_000 }, now)).toBe(slot)
  })

  test('whoever wakes when a slot begins is in it', () => {
    fc.assert(
      fc.property(aStart, anInterval, aSpread, fc.nat(1_000_000), (start, interval, spread, slot) => {
        const schedule = startSchedule(start, interval, spread)
        expect(slotAt(schedule, slotStart(schedule, slot))).toBe(slot)
      }),
      { numRuns: 10_000 },
    )
  })

  test('a day later the slots are where they were: nothing drifts', () => {
    fc.assert(
      fc.property(aStart, aSpread, (start, spread) => {
        const schedule = startSchedule(start, 30_000, spread)
        expect(slotStart(schedule, 2_880) - slotStart(schedule, 0)).toBeCloseTo(86_400_000, 2)
      }),
    )
  })
})

describe('attempts', () => {
  test('are repeated at 2, 6, 13, 22 and 26 s of a slot of 30 s', () => {
    expect(retryTimes(100, 30_000, middle)).toEqual([2_100, 6_100, 13_100, 22_100, 26_100])
  })

  test('stay inside their slot, with their time-outs, whatever the interval and the jitter', () => {
    fc.assert(
      fc.property(aStart, anInterval, fc.array(aSpread, { minLength: 5, maxLength: 5 }), (start, interval, dice) => {
        const slotEnd = start + interval
        const rolls = [...dice]
        const times = retryTimes(start, interval, () => rolls.shift() as number)
        let last = start
        for (const at of times) {
          expect(at - last).toBeGreaterThan(leastSpacingMs(interval) - 0.01)
          const timeout = timeoutWithin(interval, at, slotEnd)
          expect(timeout).toBeDefined()
          expect(at + (timeout as number)).toBeLessThanOrEqual(slotEnd + 0.01)
          last = at
        }
      }),
    )
  })

  test.each([
    [30_000, 5_000],
    [60_000, 5_000],
    [12_000, 2_000],
    [1_000, 1_000 / 6],
  ])('with an interval of %d ms may take %d ms', (interval, timeout) => {
    expect(timeoutMs(interval)).toBeCloseTo(timeout, 6)
  })

  test.each([
    [0, 5_000],
    [25_000, 5_000],
    [28_000, 2_000],
    [28_500, undefined],
    [31_000, undefined],
  ])('that begin %d ms into a slot of 30 s may take %s', (begun, timeout) => {
    expect(timeoutWithin(30_000, begun, 30_000)).toBe(timeout)
  })
})

describe('a refused agent', () => {
  test.each([
    [30_000, [1, 2, 4, 8, 10, 10]],
    [1_000, [1, 2, 4, 8, 10, 10]],
    [60_000, [1, 2, 4, 5, 5, 5]],
    [3_600_000, [1, 1, 1, 1, 1, 1]],
  ])('with an interval of %d ms tries again after %j slots', (interval, slots) => {
    expect([1, 2, 3, 4, 5, 50].map((refused) => slotsUntilNextTry(refused, interval))).toEqual(slots)
  })
})
