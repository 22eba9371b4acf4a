import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyGap, anyGaps, anyInstant, MICROSECOND } from '../../test/support/arbitraries.ts'
import { deadlineOf, observedSilenceMs } from './gaps.ts'
import type { Gap } from './types.ts'

const NOON = Date.UTC(2026, 0, 1, 12)
const LIMIT_MS = 60_000

/** Gaps in seconds after noon. */
function gaps(...ends: [number, number][]): Gap[] {
  return ends.map(([from, until]) => ({ from: NOON + from * 1_000, until: NOON + until * 1_000 }))
}

describe('a heartbeat at noon', () => {
  // seconds after noon, gaps, silence in seconds
  const SILENCE: [string, number, Gap[], number][] = [
    ['no gap', 90, [], 90],
    ['at once', 0, [], 0],
    ['a moment before it', -5, [], 0],
    ['a gap in between', 90, gaps([10, 30]), 70],
    ['a gap around all', 90, gaps([-10, 100]), 0],
    ['a gap before', 90, gaps([-30, -10]), 90],
    ['a gap around the heartbeat', 90, gaps([-30, 10]), 80],
    ['a gap that reaches past now', 90, gaps([80, 120]), 80],
    ['a gap after now', 90, gaps([100, 120]), 90],
    ['two that overlap', 90, gaps([10, 30], [20, 40]), 60],
    ['one within another', 90, gaps([10, 40], [20, 30]), 60],
    ['three that touch, in no order', 90, gaps([30, 40], [10, 20], [20, 30]), 60],
    ['an empty one', 90, gaps([10, 10]), 90],
    ['one that ends before it begins', 90, gaps([30, 10]), 90],
  ]
  test.each(SILENCE)('silence: %s', (_, seconds, between, expected) => {
    expect(observedSilenceMs(NOON, between, NOON + seconds * 1_000)).toBe(expected * 1_000)
  })

  // gaps, deadline in seconds after noon for a limit of 60 s
  const DEADLINES: [string, Gap[], number][] = [
    ['no gap', [], 60],
    ['a gap in between', gaps([10, 30]), 80],
    ['a gap around the heartbeat', gaps([-30, 10]), 70],
    ['a gap before', gaps([-30, -10]), 60],
    ['a gap at the deadline holds it', gaps([60, 75]), 75],
    ['a gap after the deadline', gaps([61, 75]), 60],
    ['a gap within reach only by another one', gaps([70, 80], [10, 30]), 90],
    ['two that overlap', gaps([10, 30], [20, 40]), 90],
    ['one within another', gaps([10, 40], [20, 30]), 90],
  ]
  test.each(DEADLINES)('deadline: %s', (_, between, expected) => {
    expect(deadlineOf(NOON, between, LIMIT_MS)).toBe(NOON + expected * 1_000)
  })
})

test('time is told in whole microseconds: less than half of one is no silence', () => {
  expect(observedSilenceMs(NOON, [], NOON + LIMIT_MS + 0.000_25)).toBe(LIMIT_MS)
  expect(observedSilenceMs(NOON, [], NOON + LIMIT_MS + 0.000_75)).toBe(LIMIT_MS + MICROSECOND)
})

test('a moment is at or before the deadline exactly when the silence at it is within the limit', () => {
  const anyLimit = fc.integer({ min: 0, max: 200_000 })
  fc.assert(
    fc.property(anyInstant, anyGaps, anyLimit, anyInstant, (heardAt, between, limitMs, now) => {
      const deadline = deadlineOf(heardAt, between, limitMs)
      for (const moment of [now, deadline - MICROSECOND, deadline, deadline + MICROSECOND]) {
        expect(observedSilenceMs(heardAt, between, moment) <= limitMs).toBe(moment <= deadline)
      }
    }),
  )
})

test('one more gap never makes silence longer nor the deadline earlier', () => {
  fc.assert(
    fc.property(anyInstant, anyGaps, anyGap, anyInstant, (heardAt, between, gap, now) => {
      const more = [...between, gap]
      expect(observedSilenceMs(heardAt, more, now)).toBeLessThanOrEqual(observedSilenceMs(heardAt, between, now))
      expect(deadlineOf(heardAt, more, LIMIT_MS)).toBeGreaterThanOrEqual(deadlineOf(heardAt, between, LIMIT_MS))
    }),
  )
})

test('silence is never negative, never longer than the time that passed, and never shrinks as time goes on', () => {
  fc.assert(
    fc.property(anyInstant, anyGaps, anyInstant, anyInstant, (heardAt, between, a, b) => {
      const earlier = observedSilenceMs(heardAt, between, Math.min(a, b))
      const later = observedSilenceMs(heardAt, between, Math.max(a, b))
      expect(earlier).toBeGreaterThanOrEqual(0)
      expect(later).toBeGreaterThanOrEqual(earlier)
      expect(later).toBeLessThanOrEqual(Math.max(0, Math.max(a, b) - heardAt) + MICROSECOND / 2)
    }),
  )
})

test('gaps count the same in any order, once or twice, whole or in pieces', () => {
  fc.assert(
    fc.property(anyInstant, anyGaps, anyInstant, anyInstant, (heardAt, between, cut, now) => {
      const pieces = between.flatMap(({ from, until }) =>
        from < cut && cut < until
          ? [
              { from, until: cut },
              { from: cut, until },
            ]
          : [{ from, until }],
      )
      const silence = observedSilenceMs(heardAt, between, now)
      expect(observedSilenceMs(heardAt, between.toReversed(), now)).toBe(silence)
      expect(observedSilenceMs(heardAt, [...between, ...between], now)).toBe(silence)
      expect(observedSilenceMs(heardAt, pieces, now)).toBe(silence)
    }),
  )
})
