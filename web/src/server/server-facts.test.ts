import { expect, test } from 'vitest'
import type { HistoryEventFragment } from '../api/generated/graphql.ts'
import { stretchesOf } from './server-facts.ts'

const NOON = Date.parse('2026-11-24T12:00:00Z')
const iso = (seconds: number) => new Date(NOON + seconds * 1_000).toISOString()

function event(n: number, facts: Partial<HistoryEventFragment>): HistoryEventFragment {
  const at = iso(n)
  return {
    cursor: `c${n}`,
    from: 'ONLINE',
    to: 'OFFLINE',
    reason: 'HEARTBEAT_EXPIRED',
    at,
    detectedAt: at,
    lastHeartbeatAt: null,
    gap: null,
    ...facts,
  }
}
const first = event(10, { from: 'OFFLINE', to: 'ONLINE', reason: 'HEALTHY' })
const second = event(70, {})

test('newest first; what began earlier ends where the next began', () => {
  expect(stretchesOf([first, second], null).map(({ at, until }) => [at, until])).toEqual([
    [NOON + 70_000, null],
    [NOON + 10_000, NOON + 70_000],
  ])
})

test('before the first event of all it waited for its first heartbeat', () => {
  const [, oldest] = stretchesOf([first, second], NOON)
  expect(oldest).toMatchObject({ fromReason: 'NEVER_SEEN', lastedMs: 10_000 })
})

test('before the oldest of a part nothing is known', () => {
  const [, oldest] = stretchesOf([first, second], null)
  expect(oldest).toMatchObject({ fromReason: null, lastedMs: null })
})
