import { expect, test } from 'vitest'
import { type HubFacts, healthFacts, hubsInWords } from './hub-health.ts'

const NOON = Date.UTC(2026, 0, 1, 12)
const HUB: HubFacts = {
  name: 'hub-a',
  isLive: true,
  isSelf: true,
  leads: true,
  heartbeatsPerSecond: 8,
  feedLagMs: null,
  backlogMs: null,
  stampedAt: NOON,
}
const LONG_AGO = NOON - 30 * 86_400_000
const said = (
  hubs: readonly HubFacts[],
  gaps: { from: number; until: number }[] = [],
  since: number | null = LONG_AGO,
) =>
  Object.fromEntries(
    healthFacts(hubs, gaps, { now: NOON, since }).map(({ name, value, more }) => [name, `${value} ${more}`.trim()]),
  )

test('one hub that is well', () => {
  expect(hubsInWords([HUB])).toBe('1 instance')
  expect(said([HUB])).toEqual({
    Heartbeats: '8.0\u00a0/\u00a0s',
    'Change to subscriber': '– no change in 10\u00a0s',
    'Waiting to be stored': 'none',
    'Observed, 24\u00a0h': '100\u00a0%',
  })
})

test('several hubs add up, and the slowest speaks for all', () => {
  const hubs = [
    { ...HUB, feedLagMs: 12.3 },
    { ...HUB, name: 'hub-b', leads: false, feedLagMs: 130, backlogMs: 400 },
  ]
  expect(hubsInWords(hubs)).toBe('2 instances, hub-a leads')
  expect(said(hubs)).toMatchObject({
    Heartbeats: '16.0\u00a0/\u00a0s',
    'Change to subscriber': '130\u00a0ms limit 100',
    'Waiting to be stored': '400\u00a0ms the oldest heartbeat',
  })
  expect(healthFacts(hubs, [], { now: NOON, since: LONG_AGO }).filter(({ wrong }) => wrong)).toHaveLength(2)
})

test('a hub that is not heard is named, and counts for nothing', () => {
  const hubs = [
    { ...HUB, leads: false },
    { ...HUB, name: 'hub-b', isLive: false, stampedAt: NOON - 60_000 },
  ]
  expect(hubsInWords(hubs)).toBe('1 instance, none leads')
  expect(said(hubs)).toMatchObject({ Heartbeats: '8.0\u00a0/\u00a0s', 'hub-b': 'not heard since 11:59:00' })
})

test('a short gap is not rounded away, and only what lies in the last day counts', () => {
  expect(said([HUB], [{ from: NOON - 5_000, until: NOON - 4_000 }])).toMatchObject({
    'Observed, 24\u00a0h': '99.99\u00a0% 1 gap, 1\u00a0s',
  })
  const gap = { from: NOON - 86_400_000 - 3_600_000, until: NOON - 86_400_000 + 864_000 }
  expect(said([HUB], [gap])).toMatchObject({ 'Observed, 24\u00a0h': '99.00\u00a0% 1 gap, 14\u00a0min\u00a024\u00a0s' })
})

test('before there was a server there was nothing to observe', () => {
  expect(said([HUB], [], NOON - 14_000)).toMatchObject({ 'Observed, 24\u00a0h': '100\u00a0% since 11:59:46' })
  const gap = { from: NOON - 7_200_000, until: NOON - 2_700_000 }
  expect(said([HUB], [gap], NOON - 3_600_000)).toMatchObject({
    'Observed, 24\u00a0h': '75.00\u00a0% 1 gap, 15\u00a0min; since 11:00:00',
  })
  expect(said([HUB], [], null)).toMatchObject({ 'Observed, 24\u00a0h': '– no server yet' })
})
