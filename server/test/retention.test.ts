import { expect, test } from 'vitest'
import { resumePoint } from '../src/store/event-log.ts'
import { feedCursor } from '../src/store/feed-cursor.ts'
import { deleteExpired } from '../src/store/retention.ts'
import type { Store } from '../src/store/store.ts'
import { addServer, freshDatabase, openHub } from './support/hub-scene.ts'

async function addEvents(store: Store, serverId: number, daysAgo: number, count: number): Promise<void> {
  await store.pool.query(
    `insert into status_event (server_id, from_status, from_reason, to_status, reason, at, detected_at)
     select $1, 'ONLINE', 'HEALTHY', 'OFFLINE', 'HEARTBEAT_EXPIRED', at, at
     from (select now() - $2 * interval '1 day' as at) t, generate_series(1, $3)`,
    [serverId, daysAgo, count],
  )
}

async function idsIn(store: Store, table: string): Promise<number[]> {
  return (await store.pool.query<{ id: number }>(`select id from ${table} order by id`)).rows.map((row) => row.id)
}

test('old events are deleted in batches; a cursor from before them has expired, and one at the edge goes on', async () => {
  const { store } = await openHub(await freshDatabase())
  const server = await addServer(store)
  await addEvents(store, server.id, 91, 2_500)
  await addEvents(store, server.id, 89, 2)
  await deleteExpired(store, { eventDays: 90 })
  expect(await idsIn(store, 'status_event')).toEqual([2_501, 2_502])

  await expect(resumePoint(store, feedCursor(store, { id: 2_499, detectedAt: 0 }))).rejects.toMatchObject({
    code: 'CURSOR_EXPIRED',
  })
  expect(await resumePoint(store, feedCursor(store, { id: 2_500, detectedAt: 0 }))).toBe(2_500)
  await deleteExpired(store, { eventDays: 90 })
  expect(await resumePoint(store, feedCursor(store, { id: 2_500, detectedAt: 0 }))).toBe(2_500)
})

test('what is open stays, however old; a gap stays as long as an event tells of it', async () => {
  const { store } = await openHub(await freshDatabase())
  const server = await addServer(store)
  await store.pool.query(
    `insert into alert (server_id, key, severity, message, opened_at, opened_by, resolved_at)
     select $1, key, 'INFO', '', now() - interval '200 days', 'x', resolved_at
     from (values ('open', null), ('old', now() - interval '91 days'), ('new', now())) a (key, resolved_at)`,
    [server.id],
  )
  await store.pool.query(
    `insert into observation_gap (from_at, until_at, cause)
     select now() - interval '100 days', now() - interval '100 days', 'PAUSED' from generate_series(1, 2)`,
  )
  await addEvents(store, server.id, 1, 1)
  await store.pool.query('update status_event set gap_id = 2')
  await deleteExpired(store, { eventDays: 90 })
  expect([await idsIn(store, 'alert'), await idsIn(store, 'observation_gap')]).toEqual([[1, 3], [2]])
})
