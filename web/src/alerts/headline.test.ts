import { expect, test } from 'vitest'
import type { AlertsFilter } from './alert-filter.ts'
import { headline } from './headline.ts'

const USUAL: AlertsFilter = { list: 'alerts', state: 'active', severities: [], server: null, tags: [], time: null }

test.each<[Partial<AlertsFilter>, number | undefined, boolean, boolean, string]>([
  [{}, undefined, false, false, 'Alerts'],
  [{}, 0, false, false, 'No active alert'],
  [{ state: 'resolved' }, 0, false, true, 'No resolved alert here'],
  [{}, 1, false, false, '1 active alert'],
  [{ list: 'anomalies' }, 2, false, false, '2 active anomalies'],
  [{ state: 'all' }, 100, true, false, 'The newest 100 alerts'],
])('%o, %s', (part, n, more, narrowed, said) => {
  expect(headline({ ...USUAL, ...part }, n, more, narrowed)).toBe(said)
})
