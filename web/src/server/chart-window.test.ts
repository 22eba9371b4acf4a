import { expect, test } from 'vitest'
import { boundsOf, panned, stepped, windowOf, windowQuery, zoomed, zoomedTo } from './chart-window.ts'

const NOON = Date.parse('2026-11-24T12:00:00Z')
const HOUR = 3_600_000

test.each([
  [{}, { kind: 'live', range: '12h' }],
  [{ range: '90d' }, { kind: 'live', range: '90d' }],
  [{ range: 'toString' }, { kind: 'live', range: '12h' }],
  [
    { from: '2026-11-24T12:00:00.000Z', to: '2026-11-24T13:00:00.000Z' },
    { kind: 'fixed', from: NOON, to: NOON + HOUR },
  ],
  [
    { from: '2026-11-24T13:00:00.000Z', to: '2026-11-24T12:00:00.000Z', range: '1h' },
    { kind: 'live', range: '1h' },
  ],
] as const)('the address %o means %o', (query, window) => {
  expect(windowOf(query)).toEqual(window)
  if (window.kind === 'fixed' || 'range' in query) expect(windowOf(windowQuery(window) as never)).toEqual(window)
})

test('a live window ends now', () => {
  expect(boundsOf({ kind: 'live', range: '1h' }, NOON)).toEqual({ from: NOON - HOUR, to: NOON })
})

test('a zoom is at least a minute wide', () => {
  expect(zoomedTo(NOON / 1_000, NOON / 1_000 + 1)).toEqual({ kind: 'fixed', from: NOON, to: NOON + 60_000 })
})

test('what is looked at stays where it is as it comes nearer', () => {
  const whole = { kind: 'fixed', from: NOON - 4 * HOUR, to: NOON } as const
  const near = { kind: 'fixed', from: NOON - 3.5 * HOUR, to: NOON - 1.5 * HOUR }
  expect(zoomed(whole, 2, NOON - 3 * HOUR, NOON)).toEqual(near)
  expect(zoomed(whole, 2, null, NOON)).toEqual({ kind: 'fixed', from: NOON - 3 * HOUR, to: NOON - HOUR })
  expect(zoomed({ kind: 'fixed', from: NOON - 60_000, to: NOON }, 2, null, NOON)).toMatchObject({ from: NOON - 60_000 })
})

test('no window reaches past now, nor past 90 days', () => {
  const live = { kind: 'live', range: '1h' } as const
  expect(zoomed(live, 0.5, null, NOON)).toEqual({ kind: 'fixed', from: NOON - 2 * HOUR, to: NOON })
  expect(panned(live, -0.5, NOON)).toEqual({ kind: 'fixed', from: NOON - 1.5 * HOUR, to: NOON - 0.5 * HOUR })
  expect(panned(live, 0.5, NOON)).toEqual({ kind: 'fixed', from: NOON - HOUR, to: NOON })
  const { from, to } = boundsOf(zoomed({ kind: 'live', range: '90d' }, 0.5, null, NOON), NOON)
  expect(to - from).toBe(2_160 * HOUR)
})

test('shorter and longer stop at the ends, and lead out of a zoom', () => {
  expect(stepped({ kind: 'live', range: '12h' }, 1)).toEqual({ kind: 'live', range: '24h' })
  expect(stepped({ kind: 'live', range: '1h' }, -1)).toEqual({ kind: 'live', range: '1h' })
  expect(stepped({ kind: 'live', range: '90d' }, 1)).toEqual({ kind: 'live', range: '90d' })
  const zoom = { kind: 'fixed', from: NOON, to: NOON + 2 * HOUR } as const
  expect(stepped(zoom, 1)).toEqual({ kind: 'live', range: '12h' })
  expect(stepped(zoom, -1)).toEqual({ kind: 'live', range: '1h' })
})
