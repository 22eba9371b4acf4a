import { expect, test } from 'vitest'
import { NBSP } from '../ui/durations.ts'
import { seconds, stripOf, stripSentence, unusual, worries } from './rhythm.ts'

const NOON = Date.parse('2026-11-24T12:00:00Z')
const iso = (at: number) => new Date(NOON + at * 1_000).toISOString()
const beat = (at: number, gapSeconds: number | null, facts = {}) => ({
  at: iso(at),
  gapSeconds,
  nearMiss: false,
  retries: 0,
  ...facts,
})
const QUIET = {
  since: iso(-86_400),
  intervalSeconds: 30,
  missedSlots: 0,
  nearMisses: 0,
  retries: 0,
  reboots: 0,
  agentRestarts: 0,
  sharedTokenAt: null,
  clockSkewSeconds: null,
  recentBeats: [beat(-90, null), beat(-60, 30), beat(-3, 57, { nearMiss: true, retries: 2 })],
}

test('a block is as wide and as tall as its gap; the limit lies over them', () => {
  const strip = stripOf(QUIET, 60, false, NOON)
  expect(strip?.from).toBe(NOON - 90_000)
  expect(strip?.blocks.map(({ kind }) => kind)).toEqual(['beat', 'near'])
  const [first, second] = strip?.blocks ?? []
  expect((second?.width ?? 0) / (first?.width ?? 1)).toBeCloseTo(57 / 30, 1)
  expect((second?.height ?? 0) / (strip?.limit ?? 1)).toBeCloseTo(57 / 60)
  expect(strip?.silence).toBeNull()
})

test('a gap over the limit fills the strip, and is no near miss', () => {
  const strip = stripOf({ recentBeats: [beat(-600, 30), beat(-1, 599)] }, 60, false, NOON)
  expect(strip?.blocks.at(-1)).toMatchObject({ kind: 'over', height: 1 })
})

test('a silence of days takes no more than its part', () => {
  const strip = stripOf(QUIET, 60, true, NOON + 3 * 86_400_000)
  expect(strip?.silence?.left).toBeCloseTo(0.7)
  expect(strip?.silence?.at).toBe(NOON + 57_000)
})

test('one heartbeat has no rhythm', () => {
  expect(stripOf({ recentBeats: [] }, 60, false, NOON)).toBeNull()
  expect(stripOf({ recentBeats: [beat(0, null)] }, 60, false, NOON)).toBeNull()
})

test('it is said in words, too', () => {
  const strip = stripOf(QUIET, 60, true, NOON + 86_400_000)
  const said = strip && stripSentence(strip, QUIET).replaceAll(NBSP, ' ')
  expect(said).toBe('Gaps between heartbeats, 2 min 4 s. Usually 30 s. 1 near miss, of 57 s at most. Then silence.')
  expect(unusual(QUIET)).toBe(`nothing unusual in 24${NBSP}h`)
  expect(unusual({ ...QUIET, nearMisses: 1, retries: 3, reboots: 1 })).toBe(
    `1 near miss, 3 retries, 1 reboot in 24${NBSP}h`,
  )
})

test('what to look after is named, with what it does not touch', () => {
  expect(worries(QUIET)).toEqual([])
  expect(worries({ sharedTokenAt: iso(0), clockSkewSeconds: -3.2 })).toEqual([
    expect.stringContaining('Two machines'),
    `The machine’s clock is 3.2${NBSP}s behind. Statuses do not depend on it.`,
  ])
  expect(worries({ sharedTokenAt: null, clockSkewSeconds: 1.9 })).toEqual([])
})

test.each([
  [57.24, '57.2 s'],
  [30.01, '30 s'],
  [3, '3 s'],
  [130, '2 min 10 s'],
])('%d s is said as %s', (gap, said) => {
  expect(seconds(gap).replaceAll(NBSP, ' ')).toBe(said)
})
