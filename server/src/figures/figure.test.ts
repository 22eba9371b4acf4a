import { expect, test } from 'vitest'
import { counter, gauge, Histogram, inPrometheusText } from './figure.ts'

test('figures are told as Prometheus reads them, as they are when it asks', () => {
  let leads = 0
  const figures = [counter('beats_total', 'Heartbeats.', () => 7), gauge('leader', 'Whether it leads.', () => leads)]
  leads = 1
  expect(inPrometheusText(figures)).toBe(
    '# HELP beats_total Heartbeats.\n# TYPE beats_total counter\nbeats_total 7\n' +
      '# HELP leader Whether it leads.\n# TYPE leader gauge\nleader 1\n',
  )
})

test('a histogram counts for each bound what is no greater, and everything for the last', () => {
  const histogram = new Histogram('lag_seconds', 'Lag.', [0.1, 1])
  for (const value of [0.05, 0.1, 0.5, 30]) histogram.observe(value)
  expect(histogram.lines()).toEqual([
    'lag_seconds_bucket{le="0.1"} 2',
    'lag_seconds_bucket{le="1"} 3',
    'lag_seconds_bucket{le="+Inf"} 4',
    'lag_seconds_sum 30.65',
    'lag_seconds_count 4',
  ])
})
