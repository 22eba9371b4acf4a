import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyFacts, anyGap, anyInstant, MICROSECOND } from '../../test/support/arbitraries.ts'
import { evaluateStatus } from './status.ts'
import { instantOf, STATUS_VECTORS } from './status.vectors.ts'
import { type ServerStatus, STATUS_RULES } from './types.ts'

const WORSE: Readonly<Record<ServerStatus, number>> = { ONLINE: 0, WARNING: 1, OFFLINE: 2 }

describe('the rule as data', () => {
  test.each(STATUS_VECTORS)('$name', ({ facts, now, expected }) => {
    expect(evaluateStatus(facts, now)).toEqual(expected)
  })

  test('has a vector for each line of the rule', () => {
    expect(new Set(STATUS_VECTORS.map(({ expected }) => expected.rule))).toEqual(new Set(STATUS_RULES))
  })

  test('reads its times down to the microsecond', () => {
    expect(instantOf('2026-01-01T12:00:00Z')).toBe(Date.UTC(2026, 0, 1, 12))
    expect(instantOf('2026-01-01T12:00:00.25Z')).toBe(Date.UTC(2026, 0, 1, 12) + 250)
    expect(instantOf('2026-01-01T12:00:00.000123Z')).toBe(Date.UTC(2026, 0, 1, 12) + 0.123)
  })
})

test('two evaluations of the same facts agree, and change nothing', () => {
  fc.assert(
    fc.property(anyFacts, anyInstant, (facts, now) => {
      const before = structuredClone(facts)
      expect(evaluateStatus(facts, now)).toEqual(evaluateStatus(facts, now))
      expect(facts).toEqual(before)
    }),
  )
})

test('a live server stays as it is up to nextTransitionAt, and just after it is what wouldBecome says', () => {
  fc.assert(
    fc.property(anyFacts, anyInstant, (facts, now) => {
      const { status, reason, nextTransitionAt, wouldBecome } = evaluateStatus(facts, now)
      fc.pre(nextTransitionAt !== null)
      expect(nextTransitionAt).toBeGreaterThanOrEqual(now)
      expect(evaluateStatus(facts, nextTransitionAt)).toMatchObject({ status, reason })
      expect(evaluateStatus(facts, nextTransitionAt + MICROSECOND)).toMatchObject(wouldBecome ?? {})
      expect(wouldBecome).toEqual({ status: 'OFFLINE', reason: 'HEARTBEAT_EXPIRED' })
    }),
  )
})

test('an OFFLINE server stays as it is: time alone brings nobody back', () => {
  fc.assert(
    fc.property(anyFacts, anyInstant, anyInstant, (facts, a, b) => {
      const verdict = evaluateStatus(facts, Math.min(a, b))
      fc.pre(verdict.status === 'OFFLINE')
      expect(verdict).toMatchObject({ nextTransitionAt: null, wouldBecome: null })
      expect(evaluateStatus(facts, Math.max(a, b))).toMatchObject({ rule: verdict.rule })
    }),
  )
})

test('a later heartbeat never makes the status worse', () => {
  fc.assert(
    fc.property(anyFacts, anyInstant, anyInstant, (facts, now, heardAt) => {
      const later = { ...facts, lastHeartbeatAt: Math.max(facts.lastHeartbeatAt ?? heardAt, heardAt) }
      const before = evaluateStatus(facts, now).status
      expect(WORSE[evaluateStatus(later, now).status]).toBeLessThanOrEqual(WORSE[before])
    }),
  )
})

test('one more gap never makes the status worse', () => {
  fc.assert(
    fc.property(anyFacts, anyGap, anyInstant, (facts, gap, now) => {
      const before = evaluateStatus(facts, now).status
      const after = evaluateStatus({ ...facts, gaps: [...facts.gaps, gap] }, now).status
      expect(WORSE[after]).toBeLessThanOrEqual(WORSE[before])
    }),
  )
})
