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
    fromReason: 'HEALTHY',
    to: 'OFFLINE',
    reason: 'HEARTBEAT_EXPIRED',
    at,
    detectedAt: at,
    lastHeartbeatAt: null,
    gap: null,
    ...facts,
  }
}
const first = event(10, { from: 'OFFLINE', fromReason: 'NEVER_SEEN', to: 'ONLINE', reason: 'HEALTHY' })
const second = event(70, {})

test('newest first; what began earlier ends where the next began', () => {
  expect(stretchesOf([first, second], null).map(({ at, until }) => [at, until])).toEqual([
    [NOON + 70_000, null],
    [NOON + 10_000, NOON + 70_000],
  ])
})

test('what it was before the first event of all began when it was added', () => {
  const [, oldest] = stretchesOf([first, second], NOON)
  expect(oldest).toMatchObject({ fromReason: 'NEVER_SEEN', lastedMs: 10_000 })
})

test('for how long it was what it was before the oldest of a part is not known', () => {
  const [, oldest] = stretchesOf([first, second], null)
  expect(oldest).toMatchObject({ fromReason: 'NEVER_SEEN', lastedMs: null })
})
