import { expect, test } from 'vitest'
import { clock, clockMinute, duration, elapsed, limit, NBSP, timeZone } from './durations.ts'

const plain = (text: string) => text.replaceAll(NBSP, ' ')
const NOW = Date.parse('2026-11-24T10:06:42Z')

test.each([
  [-5_000, '0 s'],
  [0, '0 s'],
  [999, '0 s'],
  [11_000, '11 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [269_000, '4 min 29 s'],
  [4_511_000, '1 h 15 min'],
  [3_600_000, '1 h'],
  [3_605_000, '1 h'],
  [86_400_000, '1 d'],
  [383_760_000, '4 d 10 h'],
])('%i ms are said in two units at most', (ms, said) => {
  expect(plain(duration(ms))).toBe(said)
})

test('figure and unit never part at the end of a line', () => {
  expect(duration(269_000)).not.toContain(' ')
})

test.each([
  [542_000, '9 min 2 s'],
  [599_999, '9 min 59 s'],
  [600_000, '10 min'],
  [2_316_000, '38 min'],
])('a growing length of %i ms loses its seconds from ten minutes on', (ms, said) => {
  expect(plain(elapsed(ms))).toBe(said)
})

test.each([
  [2, '2 s'],
  [60, '60 s'],
  [120, '120 s'],
  [300, '5 min'],
  [86_400, '1 d'],
])('a limit of %i s is said as it was set', (seconds, said) => {
  expect(plain(limit(seconds))).toBe(said)
})

test.each([
  ['2026-11-24T10:02:13Z', '10:02:13'],
  ['2026-11-24T00:00:00Z', '00:00:00'],
  ['2026-11-23T23:59:59Z', 'Mon 23:59:59'],
  ['2026-11-19T22:10:31Z', 'Thu 22:10:31'],
  ['2026-11-03T14:22:08Z', '3 Nov 14:22:08'],
  ['2025-11-03T14:22:08Z', '3 Nov 2025 14:22:08'],
])('%s is shown with as much date as it needs', (at, said) => {
  expect(plain(clock(Date.parse(at), NOW))).toBe(said)
})

test('what a person did is told to the minute', () => {
  expect(clockMinute(Date.parse('2026-11-24T09:11:37Z'), NOW)).toBe('09:11')
})

test('the zone is the viewer’s', () => {
  expect(timeZone(NOW)).toBe('UTC')
})
