import fc from 'fast-check'
import { expect, test } from 'vitest'
import { availabilityOf } from './availability.ts'
import { mergeGaps, type StatusFrom } from './timeline.ts'
import type { StatusReason } from './types.ts'

const SECOND = 1_000

function since(at: number, reason: StatusReason): StatusFrom {
  const status = reason === 'HEALTHY' ? 'ONLINE' : reason.startsWith('ACTIVE') ? 'WARNING' : 'OFFLINE'
  return { at: at * SECOND, status, reason }
}

test.each<[string, StatusFrom[], [number, number][], number | null]>([
  ['always alive', [since(0, 'HEALTHY')], [], 100],
  ['WARNING is alive', [since(0, 'ACTIVE_ALERTS')], [], 100],
  [
    'a quarter of the time OFFLINE',
    [since(0, 'HEALTHY'), since(50, 'HEARTBEAT_EXPIRED'), since(75, 'HEALTHY')],
    [],
    75,
  ],
  ['OFFLINE in a gap does not count', [since(0, 'HEALTHY'), since(50, 'HEARTBEAT_EXPIRED')], [[50, 100]], 100],
  ['nor does being alive in one', [since(0, 'HEALTHY'), since(80, 'HEARTBEAT_EXPIRED')], [[0, 60]], 50],
  [
    'gaps that overlap count once',
    [since(0, 'HEALTHY'), since(80, 'HEARTBEAT_EXPIRED')],
    [
      [0, 50],
      [40, 60],
    ],
    50,
  ],
  ['suspension is left out', [since(0, 'HEALTHY'), since(50, 'SUSPENDED')], [], 100],
  ['waiting is left out', [since(0, 'NEVER_SEEN'), since(90, 'HEALTHY')], [], 100],
  ['created in the range', [since(90, 'HEALTHY'), since(95, 'HEARTBEAT_EXPIRED')], [], 50],
  ['began long before the range', [since(-900, 'HEALTHY')], [], 100],
  ['nothing to count', [since(0, 'SUSPENDED')], [], null],
])('%s', (_name, statuses, gaps, percent) => {
  const inMs = gaps.map(([from, until]) => ({ from: from * SECOND, until: until * SECOND }))
  expect(availabilityOf(statuses, mergeGaps(inMs), 0, 100 * SECOND).percent).toBe(percent)
})

test('the lengths always add up to the range', () => {
  const reasons: StatusReason[] = ['HEALTHY', 'ACTIVE_ALERTS', 'HEARTBEAT_EXPIRED', 'SUSPENDED', 'NEVER_SEEN']
  const instant = fc.integer({ min: -50, max: 150 })
  fc.assert(
    fc.property(
      fc.array(fc.tuple(instant, fc.constantFrom(...reasons))),
      fc.array(fc.tuple(instant, fc.nat(40))),
      (changes, gaps) => {
        const statuses = changes.toSorted(([a], [b]) => a - b).map(([at, reason]) => since(at, reason))
        const ranges = gaps.map(([from, length]) => ({ from: from * SECOND, until: (from + length) * SECOND }))
        const { aliveMs, offlineMs, unobservedMs, notCountedMs } = availabilityOf(
          statuses,
          mergeGaps(ranges),
          0,
          100 * SECOND,
        )
        expect(aliveMs + offlineMs + unobservedMs + notCountedMs).toBeCloseTo(100 * SECOND, 3)
      },
    ),
  )
})
