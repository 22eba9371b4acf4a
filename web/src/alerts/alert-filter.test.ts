import { expect, test } from 'vitest'
import { type AlertsFilter, alertInput, alertsFile, alertsFilterOf, alertsQueryOf } from './alert-filter.ts'

const NOON = Date.parse('2026-11-24T12:00:00Z')
const USUAL: AlertsFilter = { list: 'alerts', state: 'active', severities: [], server: null, tags: [], time: null }

test.each<[Partial<AlertsFilter>, Record<string, string>]>([
  [{}, {}],
  [
    { list: 'anomalies', state: 'all' },
    { list: 'anomalies', state: 'all' },
  ],
  [
    { severities: ['CRITICAL', 'INFO'], server: '7', time: '7d' },
    { severity: 'critical,info', server: '7', span: '7d' },
  ],
])('%o stands in the address, and is read from it', (part, query) => {
  const filter = { ...USUAL, ...part }
  expect(alertsQueryOf(filter)).toEqual(query)
  expect(alertsFilterOf(query)).toEqual(filter)
})

test('anomalies have no severity', () => {
  const filter = { ...USUAL, list: 'anomalies', severities: ['INFO'] } as const
  expect(alertInput(filter, NOON)).toEqual({ active: true })
  expect(alertsFile(filter, 'csv', NOON)).toBe('/api/export/anomalies.csv?active=true')
})

test('the file holds what the page lists', () => {
  const filter = { ...USUAL, state: 'all', server: '7', tags: ['a'], severities: ['INFO'], time: '24h' } as const
  expect(alertInput(filter, NOON)).toEqual({
    serverId: '7',
    tags: ['a'],
    severities: ['INFO'],
    since: '2026-11-23T12:00:00.000Z',
  })
  expect(alertsFile(filter, 'json', NOON)).toBe(
    '/api/export/alerts.json?server=7&tag=a&severity=INFO&since=2026-11-23T12%3A00%3A00.000Z',
  )
})
