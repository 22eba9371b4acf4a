import { expect, test } from 'vitest'
import { NBSP } from '../ui/durations.ts'
import type { Proof } from '../ui/proof-words.ts'
import { nextChangeSteps } from './next-change.ts'

const NOW = Date.parse('2026-11-24T10:06:42Z')
const at = (time: string) => Date.parse(`2026-11-24T${time}Z`)

function steps(facts: Partial<Proof>, live = true): string[] {
  const proof: Proof = {
    rule: 'SILENT_TOO_LONG',
    evaluatedAt: NOW,
    lastHeartbeatAt: at('10:01:13'),
    silenceSeconds: 329,
    limitSeconds: 60,
    activeAlerts: 0,
    activeAnomalies: 0,
    nextTransitionAt: null,
    wouldBecome: null,
    ...facts,
  }
  const lastEvent = { from: 'WARNING', at: at('10:02:13'), detectedAt: at('10:02:13') + 22 } as const
  const timeline = { since: at('10:02:13'), createdAt: at('10:00:00'), lastEvent }
  return nextChangeSteps(proof, timeline, { now: NOW, live }).map(({ title, text }) =>
    `${title}: ${text}`.replaceAll(NBSP, ' '),
  )
}

test('a silent server: what made it so, and what only a heartbeat can change', () => {
  expect(steps({ activeAlerts: 1, activeAnomalies: 1 })).toEqual([
    '10:01:13: Last heartbeat. It was WARNING then.',
    '10:02:13: 60 s without a heartbeat: OFFLINE. Recorded 22 ms later.',
    'Now, 10:06:42: Silent for 5 min 29 s.',
    'Next heartbeat: WARNING at once: 1 alert and 1 anomaly are active.',
    'Both resolved: Then ONLINE.',
  ])
})

const alive = {
  rule: 'ALIVE',
  lastHeartbeatAt: at('10:06:31'),
  nextTransitionAt: at('10:07:31'),
  wouldBecome: 'OFFLINE',
} as const

test('a living server: the deadline, and how long until then', () => {
  expect(steps(alive)).toEqual([
    '10:06:31: Last heartbeat.',
    'Now, 10:06:42: Silent for 11 s, limit 60 s.',
    '10:07:31: OFFLINE if no heartbeat comes before. In 49 s.',
  ])
})

test('nothing counts down over a lost connection', () => {
  expect(steps(alive, false).at(-1)).toBe('10:07:31: OFFLINE if no heartbeat comes before.')
})

test('a warning ends with its alert', () => {
  expect(steps({ ...alive, rule: 'ACTIVE_ALERTS', activeAlerts: 1 })).toContain('The alert resolved: Then ONLINE.')
})

test('a server that waits becomes what its alerts say', () => {
  const waiting = { rule: 'NEVER_SEEN', lastHeartbeatAt: null, silenceSeconds: null } as const
  expect(steps(waiting)).toEqual([
    '10:00:00: Added. Nobody is notified while it waits.',
    'Now, 10:06:42: Waiting for 6 min 42 s.',
    'First heartbeat: ONLINE at once.',
  ])
})

test('a suspended server waits for a person', () => {
  expect(steps({ rule: 'SUSPENDED' }).at(-1)).toContain('By a person.')
})
