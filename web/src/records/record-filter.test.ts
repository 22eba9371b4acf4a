import { expect, test } from 'vitest'
import { exportUrl, type RecordFilter, recordFilterOf, recordQueryOf, timesOf } from './record-filter.ts'

const NOON = Date.parse('2026-11-24T12:00:00Z')

test.each<[string, RecordFilter, Record<string, string>]>([
  ['nothing', { server: null, tags: [], time: null }, {}],
  ['a span', { server: '7', tags: ['a', 'b'], time: '24h' }, { server: '7', tags: 'a,b', span: '24h' }],
  [
    'two moments',
    { server: null, tags: [], time: { since: NOON, until: null } },
    { since: '2026-11-24T12:00:00.000Z' },
  ],
])('%s stands in the address, and is read from it', (_, filter, query) => {
  expect(recordQueryOf(filter)).toEqual(query)
  expect(recordFilterOf(query)).toEqual(filter)
})

test('what was mistyped in the address is left out', () => {
  expect(recordFilterOf({ server: 'x', span: 'toString', since: 'soon' })).toEqual({
    server: null,
    tags: [],
    time: null,
  })
})

test('a span is counted back from now', () => {
  expect(timesOf('24h', NOON)).toEqual({ since: '2026-11-23T12:00:00.000Z' })
  expect(timesOf({ since: null, until: NOON }, NOON)).toEqual({ until: '2026-11-24T12:00:00.000Z' })
})

test('an export asks for what is shown', () => {
  expect(exportUrl('events.csv', { server: undefined, tag: ['a b', 'c'], status: [] })).toBe(
    '/api/export/events.csv?tag=a+b&tag=c',
  )
  expect(exportUrl('alerts.json', {})).toBe('/api/export/alerts.json')
})
