import { expect, test } from 'vitest'
import { expectedSettings, expectedSuspended } from './expected-server.ts'
import type { ServerDetails } from './useServer.ts'

const NOON = Date.parse('2026-11-24T12:00:00Z')
const server = {
  name: 'web-1',
  tags: ['web'],
  status: 'ONLINE',
  statusReason: 'HEALTHY',
  statusSince: '2026-11-24T11:00:00.000Z',
  suspended: false,
  offlineAfterSeconds: 60,
  alertLimits: { cpuPercent: 80, memoryPercent: 90, diskPercent: 90 },
  statusExplanation: { rule: 'ALIVE', nextTransitionAt: '2026-11-24T12:00:30.000Z', wouldBecome: 'OFFLINE' },
} as ServerDetails

test('suspended it is OFFLINE since now, and nothing changes by itself', () => {
  expect(expectedSuspended(server, NOON)).toMatchObject({
    status: 'OFFLINE',
    statusReason: 'SUSPENDED',
    statusSince: '2026-11-24T12:00:00.000Z',
    statusExplanation: { rule: 'SUSPENDED', nextTransitionAt: null, wouldBecome: null },
  })
})

test('one that was OFFLINE has been so for longer', () => {
  expect(expectedSuspended({ ...server, status: 'OFFLINE' }, NOON).statusSince).toBe(server.statusSince)
})

test('only what was changed in the settings is changed', () => {
  const changed = expectedSettings(server, { name: 'web-2', alertLimits: { cpuPercent: 95 } })
  expect(changed).toEqual({ ...server, name: 'web-2', alertLimits: { ...server.alertLimits, cpuPercent: 95 } })
})
