import { expect, test } from 'vitest'
import { type EventsFilter, eventInput, eventsFile, eventsFilterOf, eventsQueryOf } from './event-filter.ts'

const NOON = Date.parse('2026-11-24T12:00:00Z')
const ALL: EventsFilter = { statuses: [], reasons: [], server: null, tags: [], time: null }

test.each<[Partial<EventsFilter>, Record<string, string>]>([
  [{}, {}],
  [
    { statuses: ['OFFLINE'], reasons: ['HEARTBEAT_EXPIRED', 'SUSPENDED'], tags: ['web'] },
    { status: 'offline', reason: 'heartbeat_expired,suspended', tags: 'web' },
  ],
])('%o stands in the address, and is read from it', (part, query) => {
  const filter = { ...ALL, ...part }
  expect(eventsQueryOf(filter)).toEqual(query)
  expect(eventsFilterOf(query)).toEqual(filter)
})

test('what there is not is left out of the address', () => {
  expect(eventsFilterOf({ status: 'gone', reason: 'tostring' })).toEqual(ALL)
})

test('the file holds what the page lists', () => {
  const filter: EventsFilter = { ...ALL, statuses: ['OFFLINE', 'ONLINE'], server: '3', time: '1h' }
  expect(eventInput(filter, NOON)).toEqual({
    serverIds: ['3'],
    to: ['OFFLINE', 'ONLINE'],
    since: '2026-11-24T11:00:00.000Z',
  })
  expect(eventsFile(filter, 'csv', NOON)).toBe(
    '/api/export/events.csv?server=3&status=OFFLINE&status=ONLINE&since=2026-11-24T11%3A00%3A00.000Z',
  )
})
