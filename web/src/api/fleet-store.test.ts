import { expect, test } from 'vitest'
import { FEED_LENGTH } from './feed-entries.ts'
import { event, iso, NOON, recovery, server } from './fleet-scene.ts'
import { FleetStore } from './fleet-store.ts'

function storeWith(...ids: string[]): FleetStore {
  const store = new FleetStore(() => NOON)
  store.replace({ cursor: 'c0', servers: ids.map((id) => server(id)) })
  return store
}
const row = (store: FleetStore, id: string) => store.rows.get(id)

test('an event changes its server and is the newest of the feed', () => {
  const store = storeWith('1', '2')
  store.applyEvent(event(5, '1'))
  expect(row(store, '1')).toMatchObject({ status: 'OFFLINE', reason: 'HEARTBEAT_EXPIRED', since: NOON + 5_000 })
  expect(row(store, '2')).toMatchObject({ status: 'ONLINE' })
  expect(store.feed.map((entry) => entry.cursor)).toEqual(['c5'])
  expect(store.cursor).toBe('c5')
})

test('an event that comes twice is applied once', () => {
  const store = storeWith('1')
  expect(store.applyEvent(event(5, '1'))).toBe(true)
  store.applyEvent(recovery(6, '1'))
  expect(store.applyEvent(event(5, '1'))).toBe(false)
  expect(row(store, '1')).toMatchObject({ status: 'ONLINE', since: NOON + 6_000 })
  expect(store.feed.length).toBe(2)
  expect(store.cursor).toBe('c6')
})

test('an event that the log told before the live feed is shown once, and still changes its server', () => {
  const store = new FleetStore(() => NOON)
  store.replace({ cursor: 'c0', servers: [server('1')] })
  store.recall([event(5, '1')])
  expect(row(store, '1')?.status).toBe('ONLINE')
  store.applyEvent(event(5, '1'))
  expect(row(store, '1')?.status).toBe('OFFLINE')
  expect(store.feed.length).toBe(1)
})

test('events from before the snapshot are in the feed only: the snapshot is the truth', () => {
  const store = new FleetStore(() => NOON)
  store.replace({ cursor: 'c6', servers: [server('1', { statusSince: iso(6) })] })
  store.recall([event(5, '1'), recovery(6, '1')])
  expect(row(store, '1')).toMatchObject({ status: 'ONLINE', since: NOON + 6_000 })
  expect(store.feed.map((entry) => entry.cursor)).toEqual(['c6', 'c5'])
  expect(store.feed[0]?.lastedMs).toBe(1_000)
})

test('what the feed told while the log was read stands above it, with what was known of it', () => {
  const store = new FleetStore(() => NOON)
  store.replace({ cursor: 'c6', servers: [server('1', { statusSince: iso(6) })] })
  store.applyEvent(event(8, '1'))
  store.applyEvent(recovery(9, '1'))
  store.recall([event(5, '1'), recovery(6, '1'), event(8, '1')])
  expect(store.feed.map(({ cursor, lastedMs }) => [cursor, lastedMs])).toEqual([
    ['c9', 1_000],
    ['c8', 2_000],
    ['c6', 1_000],
    ['c5', null],
  ])
})

test('in a storm the log begins after what the feed had told: the newest stand in the list, in their order', () => {
  const store = storeWith('1')
  for (const n of [1, 2, 3]) store.applyEvent(event(n, '1'))
  store.recall(Array.from({ length: FEED_LENGTH }, (_, i) => event(10 + i, '1')))
  store.applyEvent(event(4, '1'))
  store.applyEvent(event(10 + FEED_LENGTH, '1'))
  const newestFirst = Array.from({ length: FEED_LENGTH }, (_, i) => `c${10 + FEED_LENGTH - i}`)
  expect(store.feed.map(({ cursor }) => cursor)).toEqual(newestFirst)
})

test('a new snapshot forgets what the old one led to', () => {
  const store = storeWith('1', '2')
  store.applyEvent(event(5, '1'))
  store.replace({ cursor: 'c9', servers: [server('1')] })
  expect([...store.rows.keys()]).toEqual(['1'])
  expect(row(store, '1')?.status).toBe('ONLINE')
  expect(store.cursor).toBe('c9')
})

test('a new reason for the same status begins nothing', () => {
  const store = storeWith('1')
  store.applyEvent(event(5, '1', { to: 'WARNING', reason: 'ACTIVE_ALERTS' }))
  store.applyEvent(event(9, '1', { from: 'WARNING', to: 'WARNING', reason: 'ACTIVE_ANOMALIES' }))
  expect(row(store, '1')).toMatchObject({ reason: 'ACTIVE_ANOMALIES', since: NOON + 5_000 })
})

test('what serverChanged says of a status is not believed over the feed', () => {
  const store = storeWith('1')
  store.applyEvent(event(5, '1'))
  store.applyChange('UPDATED', server('1', { name: 'web-one', offlineAfterSeconds: 90 }))
  expect(row(store, '1')).toMatchObject({ name: 'web-one', limitSeconds: 90, status: 'OFFLINE', since: NOON + 5_000 })
})

test('a server whose first event overtakes its creation gets both', () => {
  const store = storeWith('1')
  const first = event(5, '7', { from: 'OFFLINE', to: 'ONLINE', reason: 'HEALTHY', lastHeartbeatAt: iso(5) })
  store.applyEvent(first)
  expect(row(store, '7')).toBeUndefined()
  const created = server('7', { status: 'OFFLINE', statusReason: 'NEVER_SEEN', heartbeat: { lastHeartbeatAt: null } })
  store.applyChange('CREATED', created)
  expect(row(store, '7')).toMatchObject({ status: 'ONLINE', lastHeartbeatAt: NOON + 5_000 })
})

test('a deleted server does not come back by a late message', () => {
  const store = storeWith('1')
  store.applyChange('DELETED', server('1'))
  store.applyEvent(event(5, '1'))
  store.applyChange('UPDATED', server('1'))
  expect(store.rows.size).toBe(0)
  expect(store.feed.length).toBe(1)
})

test('a heartbeat never moves backwards, but for the proof of an expiry', () => {
  const store = storeWith('1')
  store.applyHeartbeat('1', NOON - 5_000)
  store.applyHeartbeat('1', NOON - 9_000)
  expect(row(store, '1')?.lastHeartbeatAt).toBe(NOON - 5_000)
  store.applyEvent(event(5, '1'))
  expect(row(store, '1')?.lastHeartbeatAt).toBe(NOON - 55_000)
})

test('a resolved alert leaves its server, an open one stands first', () => {
  const store = storeWith('1')
  const alert = {
    id: 'a',
    message: 'Disk',
    active: true,
  } as const
  const opened = {
    ...alert,
    openedAt: iso(0),
    openedBy: 'x',
    acknowledgedAt: null,
    acknowledgedBy: null,
    acknowledgeNote: null,
  }
  store.applyAlert('1', opened)
  store.applyAlert('1', { ...opened, id: 'b' })
  expect(row(store, '1')?.alerts.map(({ id }) => id)).toEqual(['b', 'a'])
  store.applyAlert('1', { ...opened, active: false })
  expect(row(store, '1')?.alerts.map(({ id }) => id)).toEqual(['b'])
})

const acknowledged = (seconds: number) => ({
  statusAcknowledgement: { by: 'Mara', at: iso(seconds), note: 'on it' },
})

test('who acknowledged a status is shown until it changes', () => {
  const store = storeWith('1')
  store.applyEvent(event(5, '1'))
  store.applyChange('UPDATED', server('1', acknowledged(7)))
  expect(row(store, '1')?.acknowledgement).toEqual({ by: 'Mara', at: NOON + 7_000, note: 'on it' })
  store.applyEvent(recovery(9, '1'))
  expect(row(store, '1')?.acknowledgement).toBeNull()
})

test('the two streams may overtake each other: an acknowledgement counts for the status that it was given for', () => {
  const store = storeWith('1')
  store.applyEvent(event(5, '1'))
  store.applyEvent(recovery(9, '1'))
  store.applyChange('UPDATED', server('1', acknowledged(7)))
  expect(row(store, '1')?.acknowledgement).toBeNull()

  store.applyChange('UPDATED', server('1', acknowledged(12)))
  store.applyEvent(event(11, '1'))
  expect(row(store, '1')?.acknowledgement).toMatchObject({ at: NOON + 12_000 })
})

test('a row that nothing happened to stays the same object', () => {
  const store = storeWith('1', '2')
  const before = row(store, '2')
  store.applyEvent(event(5, '1'))
  expect(row(store, '2')).toBe(before)
})

test('names are in the order of people', () => {
  const store = storeWith('2', '10', '1')
  expect(store.byName().map(({ name }) => name)).toEqual(['web-1', 'web-2', 'web-10'])
  store.applyChange('UPDATED', server('1', { name: 'zeta' }))
  expect(store.byName().map(({ name }) => name)).toEqual(['web-2', 'web-10', 'zeta'])
})

test('neither the feed nor the memory of it grows for ever', () => {
  const store = storeWith('1')
  for (let n = 1; n <= 5_000; n++) store.applyEvent(n % 2 ? event(n, '1') : recovery(n, '1'))
  expect(store.feed.length).toBe(FEED_LENGTH)
  expect(store.applyEvent(event(4_999, '1'))).toBe(false)
})
