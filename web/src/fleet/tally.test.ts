import { expect, test } from 'vitest'
import { iso, NOON, server } from '../api/fleet-scene.ts'
import { FleetStore } from '../api/fleet-store.ts'
import type { FleetServerFragment } from '../api/generated/graphql.ts'
import { isAcknowledged, tallyOf, worstFirst } from './tally.ts'

function rowsOf(...facts: Partial<FleetServerFragment>[]) {
  const store = new FleetStore(() => NOON)
  store.replace({ cursor: 'c0', servers: facts.map((fact, i) => server(String(i), fact)) })
  return store.byName()
}
const OFFLINE = { status: 'OFFLINE', statusReason: 'HEARTBEAT_EXPIRED' } as const
const alert = (acknowledgedAt: string | null) => ({
  id: 'a',
  message: 'Disk',
  openedAt: iso(0),
  openedBy: 'x',
  acknowledgedAt,
  acknowledgedBy: acknowledgedAt && 'Mara',
  acknowledgeNote: null,
})
const WARNED = { status: 'WARNING', statusReason: 'ACTIVE_ALERTS' } as const

test('waiting and suspended servers are stored as OFFLINE and counted apart', () => {
  const rows = rowsOf(
    {},
    OFFLINE,
    { ...OFFLINE, statusReason: 'NEVER_SEEN' },
    { ...OFFLINE, statusReason: 'SUSPENDED' },
    { ...WARNED },
  )
  expect(tallyOf(rows)).toMatchObject({
    online: 1,
    offline: 1,
    waiting: 1,
    suspended: 1,
    warning: 1,
    total: 5,
    needYou: 2,
  })
})

test('a warning whose alerts are all acknowledged needs nobody else', () => {
  const [none, half, all] = rowsOf(
    { ...WARNED, activeAlerts: [alert(null)] },
    { ...WARNED, activeAlerts: [alert(iso(0)), { ...alert(null), id: 'b' }] },
    { ...WARNED, activeAlerts: [alert(iso(0))] },
  ).map(isAcknowledged)
  expect([none, half, all]).toEqual([false, false, true])
})

test('OFFLINE stands before WARNING, what began last first', () => {
  const rows = rowsOf(
    { ...WARNED, statusSince: iso(9) },
    { ...OFFLINE, statusSince: iso(1) },
    { ...OFFLINE, statusSince: iso(5) },
  )
  expect([...rows].sort(worstFirst).map(({ id }) => id)).toEqual(['2', '1', '0'])
})
