import { describe, expect, test } from 'vitest'
import * as pageDurations from '../../../web/src/ui/durations.ts'
import * as page from '../../../web/src/ui/status.ts'
import * as pageWords from '../../../web/src/ui/words.ts'
import { SERVER_STATUSES, STATUS_REASONS } from '../core/types.ts'
import type { ServerRow } from './server-rows.ts'
import { duration, elapsed, lastHeard, limit, silence, statusInBrief, statusWord, utc, why } from './words.ts'

const NOW = Date.UTC(2026, 0, 1, 12)

function row(facts: Partial<ServerRow> = {}): ServerRow {
  return {
    id: '1',
    name: 'web-1',
    tags: [],
    status: 'ONLINE',
    statusReason: 'HEALTHY',
    statusSince: NOW - 269_000,
    offlineAfterSeconds: 60,
    lastHeartbeatAt: NOW - 329_000,
    ageSeconds: 329,
    evaluatedAt: NOW,
    ...facts,
  }
}

describe('the page and the command line use the same words', () => {
  const plain = (text: string) => text.replaceAll(pageDurations.NBSP, ' ')
  const CASES = SERVER_STATUSES.flatMap((status) => STATUS_REASONS.map((reason) => [status, reason] as const))

  test.each(CASES)('%s, %s', (status, statusReason) => {
    const server = row({ status, statusReason })
    const facts = {
      status,
      reason: statusReason,
      limitSeconds: 60,
      since: server.statusSince,
      lastHeartbeatAt: server.lastHeartbeatAt,
      alerts: [],
      anomalies: [],
    }
    const moment = { now: NOW, live: true }
    expect(statusWord(server)).toBe(page.statusWord(page.kindOf(status, statusReason)))
    expect(statusInBrief(server)).toBe(plain(pageWords.statusInBrief(facts, moment)))
    expect(why(server)).toBe(plain(pageWords.whyBriefly(facts, moment, true)))
  })

  test.each([-1, 0, 999, 1_000, 59_999, 60_000, 269_000, 599_999, 600_000, 4_500_000, 86_400_000, 90_061_000, 4e9])(
    '%i ms',
    (ms) => {
      expect(duration(ms)).toBe(plain(pageDurations.duration(ms)))
      expect(elapsed(ms)).toBe(plain(pageDurations.elapsed(ms)))
    },
  )

  test.each([2, 60, 120, 121, 3_600, 86_400])('a limit of %i s', (seconds) => {
    expect(limit(seconds)).toBe(plain(pageDurations.limit(seconds)))
  })
})

test('a server that was never heard has no age', () => {
  expect(lastHeard(row({ lastHeartbeatAt: null }))).toBe('–')
  expect(silence(row({ lastHeartbeatAt: null }))).toBe('no heartbeat')
  expect(lastHeard(row())).toBe('5 min 29 s ago')
})

test('times are in UTC, to the second', () => {
  expect(utc('2026-01-31T12:00:00.123Z')).toBe('2026-01-31 12:00:00')
  expect(utc(null)).toBe('–')
})
