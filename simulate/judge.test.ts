import { expect, test } from 'vitest'
import type { Fault } from './finding.ts'
import { judge } from './judge.ts'
import { type Beat, Chronicle, type FeedEvent, type Status } from './story.ts'
import type { Terms } from './yardstick.ts'

const NOON = Date.UTC(2026, 0, 1, 12)
const LIMIT_MS = 10_000
/** How long a request takes here, both ways; the hub records a heartbeat half way. */
const TRIP_MS = 10

/** One moment of a server's story, in milliseconds after noon by the hub's clock. */
type Moment = (chronicle: Chronicle) => void

const beat =
  (at: number): Moment =>
  (chronicle) =>
    chronicle.acknowledged('1', beatAt(at))

function beatAt(at: number, hubOffsetMs = 0): Beat {
  return { sentAt: NOON + at - TRIP_MS / 2, ackedAt: NOON + at + TRIP_MS / 2, recordedAt: NOON + at + hubOffsetMs }
}

const unanswered =
  (at: number): Moment =>
  (chronicle) =>
    chronicle.doubtful('1', NOON + at)

/** `ONLINE>OFFLINE` at a moment, received a little later unless said otherwise. */
function told(
  change: `${Status}>${Status}`,
  at: number,
  more: Partial<FeedEvent> & { receivedAfterMs?: number } = {},
): Moment {
  const [from, to] = change.split('>') as [Status, Status]
  const reason = { ONLINE: 'HEALTHY', WARNING: 'ACTIVE_ALERTS', OFFLINE: 'HEARTBEAT_EXPIRED' }[to]
  const { receivedAfterMs = 20, ...given } = more
  const event = {
    cursor: `${change}${at}`,
    serverId: '1',
    from,
    to,
    reason,
    at: NOON + at,
    detectedAt: NOON + at,
    receivedAt: NOON + at + receivedAfterMs,
  }
  return (chronicle) => chronicle.told({ ...event, ...given })
}

/** One whose answer takes longer than the limit. */
const lateAnswered =
  (at: number): Moment =>
  (chronicle) =>
    chronicle.acknowledged('1', { ...beatAt(at), ackedAt: NOON + at + LIMIT_MS + 1 })

const birth = [beat(0), told('OFFLINE>ONLINE', 0)]
const death = told('ONLINE>OFFLINE', 10_000)
const rebirth = [beat(15_000), told('OFFLINE>ONLINE', 15_000)]

function faultsOf(moments: Moment[], terms: Partial<Terms> = {}): Fault[] {
  const chronicle = new Chronicle(LIMIT_MS)
  chronicle.begin('1', 'sim-00001')
  for (const moment of moments) moment(chronicle)
  const [story] = chronicle.stories()
  if (!story) throw new Error('no story')
  const usual: Terms = { offlineAfterMs: LIMIT_MS, graceMs: 1_000, closedAt: NOON + 20_000, gaps: [] }
  return judge(story, { ...usual, ...terms }).findings.map(({ fault }) => fault)
}

const RIGHT: [string, Moment[], Partial<Terms>?][] = [
  ['a server that was never heard', []],
  ['a server that beats', [...birth, beat(5_000), beat(10_000), beat(15_000)]],
  ['a server that dies', [...birth, death]],
  ['a server that dies and comes back', [...birth, death, ...rebirth]],
  [
    'a heartbeat that was written too late to bring a server back',
    [...birth, death, lateAnswered(12_000), beat(35_000)],
  ],
  ['one that dies twice', [...birth, death, ...rebirth, told('ONLINE>OFFLINE', 25_000)], { closedAt: NOON + 30_000 }],
  ['heartbeats exactly at the limit', [...birth, beat(10_000), beat(20_000)]],
  ['a heartbeat just too late that wins the race', [...birth, beat(10_900), beat(15_000)]],
  [
    'a heartbeat just too late that loses it',
    [...birth, death, beat(10_900), told('OFFLINE>ONLINE', 10_900), beat(15_000)],
  ],
  ['the end within the grace', [...birth], { closedAt: NOON + 10_999 }],
  [
    'OFFLINE as the heartbeat that ends the silence is acknowledged',
    [...birth, beat(10_050), death, told('OFFLINE>ONLINE', 10_050), beat(15_000)],
  ],
  [
    'alerts that come and go',
    [...birth, told('ONLINE>WARNING', 2_000), beat(9_000), told('WARNING>ONLINE', 9_500), beat(18_000)],
  ],
  ['a server that was in WARNING and died', [...birth, told('ONLINE>WARNING', 2_000), told('WARNING>OFFLINE', 10_000)]],
  ['a gap that holds the deadline', [...birth], { gaps: [{ from: NOON + 1_000, until: NOON + 11_000 }] }],
  [
    'OFFLINE at a deadline that a gap moved',
    [...birth, told('ONLINE>OFFLINE', 14_000)],
    { gaps: [{ from: NOON + 3_000, until: NOON + 7_000 }] },
  ],
  [
    'OFFLINE just after what turns out to be the last sign of life before a gap',
    [...birth, told('ONLINE>OFFLINE', 10_000)],
    { gaps: [{ from: NOON + 9_800, until: NOON + 19_000 }] },
  ],
  ['a heartbeat without an answer that counted', [...birth, unanswered(8_000), told('ONLINE>OFFLINE', 18_000)]],
  ['a heartbeat without an answer that did not count', [...birth, unanswered(8_000), death]],
  [
    'a heartbeat without an answer that brought it back',
    [...birth, death, unanswered(12_000), told('OFFLINE>ONLINE', 12_000)],
  ],
  [
    'the end within the limit of a heartbeat without an answer',
    [...birth, unanswered(8_000)],
    { closedAt: NOON + 18_500 },
  ],
  [
    'a heartbeat without an answer between two deaths',
    [...birth, death, unanswered(12_000), told('OFFLINE>ONLINE', 12_000), told('ONLINE>OFFLINE', 22_000)],
    { closedAt: NOON + 30_000 },
  ],
  ['a return just before the end, not told yet', [...birth, death, beat(19_500)]],
  [
    'dead, suspended by somebody, and heard',
    [...birth, death, told('OFFLINE>OFFLINE', 12_000, { reason: 'SUSPENDED' }), beat(15_000)],
  ],
  ['a first heartbeat without an answer', [unanswered(1_000), told('OFFLINE>ONLINE', 900)], { closedAt: NOON + 5_000 }],
  [
    'suspended by somebody',
    [...birth, told('ONLINE>OFFLINE', 2_000, { reason: 'SUSPENDED' }), beat(9_000), beat(18_000)],
  ],
]
test.each(RIGHT)('right: %s', (_, moments, terms) => {
  expect(faultsOf(moments, terms)).toEqual([])
})

const WRONG: [string, Fault[], Moment[], Partial<Terms>?][] = [
  [
    'a server that beats is called OFFLINE',
    ['FALSE_OFFLINE'],
    [...birth, beat(5_000), told('ONLINE>OFFLINE', 10_000), told('OFFLINE>ONLINE', 10_001), beat(13_000)],
  ],
  [
    'OFFLINE 2 ms before the limit',
    ['FALSE_OFFLINE'],
    [...birth, told('ONLINE>OFFLINE', 9_998)],
    { closedAt: NOON + 10_500 },
  ],
  ['OFFLINE for a server that was never heard', ['FALSE_OFFLINE'], [told('OFFLINE>OFFLINE', 10_000)]],
  [
    'OFFLINE after the heartbeat that ended the silence',
    ['FALSE_OFFLINE'],
    [...birth, beat(10_500), told('ONLINE>OFFLINE', 10_502), told('OFFLINE>ONLINE', 10_510), beat(15_000)],
  ],
  [
    'OFFLINE in the deadline of a gap',
    ['FALSE_OFFLINE'],
    [...birth, death, told('OFFLINE>ONLINE', 12_000), beat(12_000)],
    { gaps: [{ from: NOON + 3_000, until: NOON + 7_000 }] },
  ],
  [
    'OFFLINE decided in the midst of a gap',
    ['FALSE_OFFLINE'],
    [...birth, told('ONLINE>OFFLINE', 10_000, { detectedAt: NOON + 10_801 })],
    { gaps: [{ from: NOON + 9_800, until: NOON + 19_000 }] },
  ],
  [
    'OFFLINE told before the deadline by our own clock',
    ['FALSE_OFFLINE'],
    [...birth, told('ONLINE>OFFLINE', 10_000, { receivedAfterMs: -100 })],
    { closedAt: NOON + 10_500 },
  ],
  ['a death that is not told', ['MISSED_OFFLINE'], [...birth]],
  ['a death past the grace that is not told', ['MISSED_OFFLINE'], [...birth, beat(11_002), beat(15_000)]],
  [
    'a death that is not told, though its last answer took long',
    ['MISSED_OFFLINE'],
    [...birth, lateAnswered(9_000)],
    { closedAt: NOON + 30_000 },
  ],
  ['one of two deaths not told', ['MISSED_OFFLINE'], [...birth, death, ...rebirth], { closedAt: NOON + 30_000 }],
  [
    'a death after a heartbeat without an answer',
    ['MISSED_OFFLINE'],
    [...birth, unanswered(5_000)],
    { closedAt: NOON + 20_000 },
  ],
  ['a birth that is not told', ['MISSED_ONLINE'], [beat(0), beat(5_000), beat(10_000), beat(15_000), beat(19_500)]],
  ['a return that is not told', ['MISSED_ONLINE'], [...birth, death, beat(15_000)]],
  ['a return without a heartbeat', ['FALSE_ONLINE'], [...birth, death, told('OFFLINE>ONLINE', 12_000)]],
  ['a return before the heartbeat', ['FALSE_ONLINE'], [...birth, death, told('OFFLINE>ONLINE', 12_000), beat(15_000)]],
  [
    'a return that an earlier heartbeat without an answer cannot excuse',
    ['FALSE_ONLINE'],
    [...birth, unanswered(500), beat(1_000), told('ONLINE>OFFLINE', 11_000), told('OFFLINE>ONLINE', 12_000)],
  ],
  ['a birth without a heartbeat', ['FALSE_ONLINE'], [told('OFFLINE>ONLINE', 0)]],
  ['the same event twice', ['DOUBLED'], [...birth, death, death]],
  [
    'the same change under two cursors',
    ['DOUBLED'],
    [...birth, death, told('ONLINE>OFFLINE', 10_000, { cursor: 'other' })],
  ],
  ['OFFLINE again while OFFLINE', ['DOUBLED'], [...birth, death, told('OFFLINE>OFFLINE', 12_000)]],
  ['a return told before the death', ['OUT_OF_ORDER'], [...birth, beat(15_000), told('OFFLINE>ONLINE', 15_000), death]],
  [
    'a return that never came between two deaths',
    ['LOST'],
    [...birth, death, beat(15_000), told('ONLINE>OFFLINE', 25_000)],
    { closedAt: NOON + 30_000 },
  ],
  [
    'two deaths in one silence',
    ['FALSE_ONLINE', 'DOUBLED'],
    [...birth, death, told('OFFLINE>ONLINE', 11_000), told('ONLINE>OFFLINE', 12_000)],
  ],
]
test.each(WRONG)('wrong: %s', (_, faults, moments, terms) => {
  expect(faultsOf(moments, terms)).toEqual(faults)
})

test('a finding names the server and the times that prove it', () => {
  const chronicle = new Chronicle(LIMIT_MS)
  chronicle.begin('1', 'sim-00001')
  for (const moment of birth) moment(chronicle)
  const [story] = chronicle.stories()
  if (!story) throw new Error('no story')
  const terms = { offlineAfterMs: LIMIT_MS, graceMs: 1_000, closedAt: NOON + 20_000, gaps: [] }
  expect(judge(story, terms).findings).toEqual([
    {
      fault: 'MISSED_OFFLINE',
      server: 'sim-00001',
      proof:
        'silent from 2026-01-01T12:00:00.000Z (answered after 10 ms) until the end at 2026-01-01T12:00:20.000Z, never told',
    },
  ])
})

test('of heartbeats that come in time nothing is kept', () => {
  const chronicle = new Chronicle(LIMIT_MS)
  chronicle.begin('1', 'sim-00001')
  for (const moment of [beat(0), beat(9_980), beat(19_960), beat(30_000)]) moment(chronicle)
  expect([...chronicle.stories()].map(({ silences }) => silences.length)).toEqual([1])
})

test('events of other servers are not ours to judge', () => {
  const chronicle = new Chronicle(LIMIT_MS)
  chronicle.begin('2', 'sim-00002')
  expect([...chronicle.stories()]).toHaveLength(1)
  expect(
    chronicle.told({
      cursor: 'a',
      serverId: '1',
      from: null,
      to: 'ONLINE',
      reason: 'HEALTHY',
      at: NOON,
      detectedAt: NOON,
      receivedAt: NOON,
    }),
  ).toBe(false)
})

test('where the clock of the hub is moved, our own tells a true OFFLINE from a false one', () => {
  const SET_BACK = -120_000
  const moved = { ownClosedAt: NOON + 40_000, closedAt: NOON + 40_000 + SET_BACK, graceMs: 2_000 }
  const alive: Moment[] = [...birth, beat(5_000), (chronicle) => chronicle.acknowledged('1', beatAt(10_000, SET_BACK))]
  const dead = told('ONLINE>OFFLINE', 20_000 + SET_BACK, { receivedAfterMs: 20 - SET_BACK })
  expect(faultsOf([...alive, dead], moved)).toEqual([])
  expect(faultsOf(alive, moved)).toEqual(['MISSED_OFFLINE'])
  const early = told('ONLINE>OFFLINE', 15_000 + SET_BACK, { receivedAfterMs: 20 - SET_BACK })
  expect(faultsOf([...alive, early], moved)).toEqual(['FALSE_OFFLINE', 'MISSED_OFFLINE'])
})
