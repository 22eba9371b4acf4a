import { expect, test } from 'vitest'
import type { FeedEntry } from '../api/feed-entries.ts'
import { NOON } from '../api/fleet-scene.ts'
import { toastOf } from './news.ts'

function entry(serverId: string, to: FeedEntry['to'], at = 0): FeedEntry {
  return {
    cursor: `${serverId}${to}${at}`,
    serverId,
    serverName: `s-${serverId}`,
    from: 'ONLINE',
    fromReason: null,
    to,
    reason: to === 'OFFLINE' ? 'HEARTBEAT_EXPIRED' : 'HEALTHY',
    at: NOON + at,
    detectedAt: NOON + at,
    lastHeartbeatAt: NOON + at - 60_000,
    lastedMs: null,
    gap: null,
    alerts: [],
    anomalies: [],
  }
}
const TAGS: Record<string, string[]> = { 1: ['prod', 'web', 'fra'], 2: ['prod', 'db', 'fra'], 3: [] }
const told = (...changes: FeedEntry[]) => toastOf(changes, (id) => TAGS[id] ?? [])

test('one server by its name, with why', () => {
  expect(told(entry('1', 'OFFLINE'))).toEqual({
    said: 's-1 went OFFLINE',
    more: 'No heartbeat since 11:59:00.',
    to: '/servers/1',
  })
})

test('several by their number and the tag that they share', () => {
  expect(told(entry('2', 'OFFLINE', 2_000), entry('1', 'OFFLINE'))).toMatchObject({
    said: '2 servers in fra went OFFLINE',
    more: expect.stringContaining('Within 2\u00a0s'),
    to: '/servers?status=offline&tags=fra',
  })
  expect(told(entry('1', 'OFFLINE'), entry('3', 'OFFLINE'))).toMatchObject({ said: '2 servers went OFFLINE' })
})

test('hours apart they are told by their times, without a guess at the cause', () => {
  const apart = 6 * 3_600_000
  expect(told(entry('3', 'OFFLINE', apart), entry('1', 'OFFLINE'))).toMatchObject({
    said: '2 servers went OFFLINE',
    more: 'The first at 12:00:00, the last at 18:00:00.',
  })
  expect(told(entry('3', 'OFFLINE', 60_000), entry('1', 'OFFLINE'))?.more).toContain('more likely the network')
})

test('what is back already, or never went, is not told', () => {
  expect(told(entry('1', 'ONLINE', 5), entry('1', 'OFFLINE'))).toBeUndefined()
  expect(told(entry('1', 'ONLINE'))).toBeUndefined()
})
