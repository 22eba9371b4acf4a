import { expect, test } from 'vitest'
import { type StripStatus, StripTally, stripOf } from './strip.ts'
import type { StatusFrom } from './timeline.ts'
import type { StatusReason } from './types.ts'

function since(at: number, reason: StatusReason): StatusFrom {
  const status = reason === 'HEALTHY' ? 'ONLINE' : reason.startsWith('ACTIVE') ? 'WARNING' : 'OFFLINE'
  return { at, status, reason }
}

const CUT = { origin: 0, widthMs: 100, size: 4 }

test.each<[string, StatusFrom[], [number, number][], StripStatus[]]>([
  ['alive since long ago', [since(-900, 'HEALTHY')], [], ['ONLINE', 'ONLINE', 'ONLINE', 'ONLINE']],
  [
    'a millisecond of OFFLINE colours its cell',
    [since(0, 'HEALTHY'), since(150, 'HEARTBEAT_EXPIRED'), since(151, 'HEALTHY')],
    [],
    ['ONLINE', 'OFFLINE', 'ONLINE', 'ONLINE'],
  ],
  [
    'a change at the edge belongs to the cell that it begins',
    [since(0, 'HEALTHY'), since(100, 'ACTIVE_ALERTS'), since(200, 'HEALTHY')],
    [],
    ['ONLINE', 'WARNING', 'ONLINE', 'ONLINE'],
  ],
  [
    'what lies in a gap is not observed',
    [since(0, 'HEALTHY')],
    [[100, 250]],
    ['ONLINE', 'UNOBSERVED', 'ONLINE', 'ONLINE'],
  ],
  [
    'OFFLINE in a gap is not said of the rest of the cell',
    [since(0, 'HEALTHY'), since(110, 'HEARTBEAT_EXPIRED'), since(120, 'HEALTHY')],
    [[105, 125]],
    ['ONLINE', 'ONLINE', 'ONLINE', 'ONLINE'],
  ],
  ['suspension needs no observation', [since(0, 'SUSPENDED')], [[0, 400]], Array(4).fill('SUSPENDED')],
  [
    'not created yet',
    [since(150, 'NEVER_SEEN'), since(250, 'HEALTHY')],
    [],
    ['NONE', 'NEVER_SEEN', 'ONLINE', 'ONLINE'],
  ],
])('%s', (_name, statuses, gaps, strip) => {
  const merged = gaps.map(([from, until]) => ({ from, until }))
  expect(stripOf({ statuses, until: Infinity }, merged, CUT)).toEqual(strip)
})

test('nothing is shown of what is still to come', () => {
  expect(stripOf({ statuses: [since(0, 'HEALTHY')], until: 150 }, [], CUT)).toEqual([
    'ONLINE',
    'ONLINE',
    'NONE',
    'NONE',
  ])
})

test('each server of a fleet counts once in each bucket', () => {
  const tally = new StripTally(2)
  tally.add(['ONLINE', 'OFFLINE'])
  tally.add(['ONLINE', 'UNOBSERVED'])
  expect(tally.counts).toMatchObject([
    { ONLINE: 2, OFFLINE: 0 },
    { ONLINE: 0, OFFLINE: 1, UNOBSERVED: 1 },
  ])
})
