import { expect, test } from 'vitest'
import { daysOf } from './days.ts'

const NOW = Date.parse('2026-11-24T12:00:00Z')
const event = (at: string) => ({ at, cursor: at })

test('neighbours of one day stand under one head', () => {
  const days = daysOf(
    [
      event('2026-11-24T11:00:00Z'),
      event('2026-11-24T01:00:00Z'),
      event('2026-11-23T23:59:59Z'),
      event('2026-11-20T10:00:00Z'),
    ],
    NOW,
  )
  expect(days.map(({ name, events }) => [name, events.length])).toEqual([
    ['Today', 2],
    ['Yesterday', 1],
    [expect.stringMatching(/^Friday,? 20 November 2026$/), 1],
  ])
})

test('the order stays the feed’s, even where a day comes twice', () => {
  const days = daysOf(
    [event('2026-11-24T11:00:00Z'), event('2026-11-23T23:00:00Z'), event('2026-11-24T10:00:00Z')],
    NOW,
  )
  expect(days.map(({ name }) => name)).toEqual(['Today', 'Yesterday', 'Today'])
  expect(new Set(days.map(({ key }) => key)).size).toBe(3)
})
