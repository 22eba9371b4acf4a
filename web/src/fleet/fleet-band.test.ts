import { expect, test } from 'vitest'
import { type BandBucket, bandBucket, bandHours, bandInWords, bandPaths, peakOf } from './fleet-band.ts'

const NOON = Date.UTC(2026, 0, 1, 12)
const bucket = (i: number, warning: number, offline: number, observed = true): BandBucket => ({
  at: NOON + i * 600_000,
  warning,
  offline,
  observed,
})

test('warnings below, offline on top of them, to a common scale', () => {
  const paths = bandPaths([bucket(0, 4, 4), bucket(1, 0, 2)])
  expect(paths.warning).toBe('M0 38h8.5v32h-8.5z')
  expect(paths.offline).toBe('M0 5h8.5v32h-8.5zM10 54h8.5v16h-8.5z')
})

test('the floor says what was observed', () => {
  expect(bandPaths([bucket(0, 0, 0), bucket(1, 0, 0, false)]).observed).toBe('M0 72h8.5v4h-8.5z')
})

test('a stretch was observed where there was a server, and we could observe half of it', () => {
  const counted = {
    at: new Date(NOON).toISOString(),
    online: 0,
    warning: 0,
    offline: 0,
    neverSeen: 0,
    unobservedSeconds: 0,
  }
  const observed = (part: Partial<typeof counted>) => bandBucket({ ...counted, ...part }, 600_000).observed
  expect(observed({})).toBe(false)
  expect(observed({ neverSeen: 1 })).toBe(true)
  expect(observed({ online: 1, unobservedSeconds: 299 })).toBe(true)
  expect(observed({ online: 1, unobservedSeconds: 300 })).toBe(false)
})

test('one server is no full band', () => {
  expect(bandPaths([bucket(0, 0, 1)]).offline).toBe('M0 54h8.5v16h-8.5z')
  expect(bandPaths([bucket(0, 0, 1)]).ticks.map(({ value }) => value)).toEqual([2])
})

test.each([
  [12, [5, 10]],
  [300, [100, 200]],
  [10_000, [5_000]],
])('a band up to %i has lines at %j', (most, ticks) => {
  expect(bandPaths([bucket(0, most, 0)]).ticks.map(({ value }) => value)).toEqual(ticks)
})

test('in words: the highest, and what was not observed', () => {
  const buckets = [bucket(0, 1, 0), bucket(1, 3, 9), bucket(2, 1, 0)]
  expect(peakOf(buckets)).toBe(buckets[1])
  expect(bandInWords(buckets, [{ from: NOON, until: NOON + 1_680_000 }], NOON)).toBe(
    'Servers with problems, last 24 hours. Highest: 12 at 12:10, 9 offline. Not observed for 28\u00a0min in 1 stretch.',
  )
  expect(bandInWords([bucket(0, 0, 0)], [], NOON)).toBe(
    'Servers with problems, last 24 hours. No server had a problem.',
  )
})

test.each([
  { narrow: false, late: false, until: NOON, hours: [15, 18, 21, 0, 3, 6, 9] },
  { narrow: true, late: false, until: NOON, hours: [18, 21, 0, 3, 6] },
  { narrow: false, late: false, until: NOON - 3_600_000, hours: [15, 18, 21, 0, 3, 6, 9] },
  { narrow: false, late: true, until: NOON - 3_600_000, hours: [15, 18, 21, 0, 3, 6] },
])('hours of the axis are full and every third, and keep away from its ends: %o', ({ until, hours, ...ends }) => {
  const shown = bandHours(until - 24 * 3_600_000, until, ends)
  expect(shown.map((at) => new Date(at).getUTCHours())).toEqual(hours)
})
