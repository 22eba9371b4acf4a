import { expect, test, vi } from 'vitest'
import type { StatusEvent } from '../src/core/types.ts'
import { EventTail } from '../src/publish/event-tail.ts'
import { StatusFeed } from '../src/publish/status-feed.ts'
import { listStatusEvents, readEvents, resumePoint } from '../src/store/event-log.ts'
import { feedCursor, feedCursorBefore } from '../src/store/feed-cursor.ts'
import { readFleet } from '../src/store/fleet.ts'
import { setSuspended } from '../src/store/servers.ts'
import type { Store } from '../src/store/store.ts'
import { addServer, freshDatabase, listenTo, openHub } from './support/hub-scene.ts'

async function scene() {
  const database = await freshDatabase()
  const hub = await openHub(database)
  const server = await addServer(hub.store, { tags: ['prod'] })
  await hub.writer.record(server.id, {})
  return { database, hub, store: hub.store, server }
}

/** Makes this many events: the server is suspended and resumed in turn. */
async function makeEvents(store: Store, id: number, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const { suspended } = await setSuspendedTo(store, id)
    if (suspended === undefined) throw new Error('The server is known')
  }
}

async function setSuspendedTo(store: Store, id: number) {
  const { rows } = await store.pool.query('select suspended from server where id = $1', [id])
  return setSuspended(store, id, !rows[0].suspended)
}

async function allIds(store: Store): Promise<number[]> {
  const { rows } = await store.pool.query('select id from status_event order by id')
  return rows.map((row) => row.id)
}

test('a bot that is cut off fifty times while statuses change has every event once and in order', async () => {
  const { hub, store, server } = await scene()
  const seen: number[] = []
  let cursor = (await readFleet(store, 'counts')).cursor
  let making = true
  const made = makeEvents(store, server.id, 200).finally(() => {
    making = false
  })

  for (let restart = 0; restart < 50; restart++) {
    const { feed, take } = await listenTo(hub, cursor)
    const events = making ? await take(1 + (restart % 4)) : []
    for (const event of events) seen.push(event.id)
    cursor = events.length > 0 ? feedCursor(store, events.at(-1) as StatusEvent) : cursor
    await feed.return()
  }
  await made
  const ids = (await allIds(store)).slice(1)
  const rest = await (await listenTo(hub, cursor)).take(ids.length - seen.length)
  expect([...seen, ...rest.map((event) => event.id)]).toEqual(ids)
}, 120_000)

test('a few new events are read by their keys, however many servers there are, with statistics and without', async () => {
  const { store } = await scene()
  await store.pool.query(
    `with made as (insert into server (name, agent_token_hash) select 'bulk-' || n, decode(md5(n::text), 'hex')
       from generate_series(1, 20000) n returning id)
     , heard as (insert into server_heartbeat (server_id) select id from made)
     insert into status_event (server_id, to_status, reason, at) select id, 'ONLINE', 'HEALTHY', now() from made`,
  )
  const query = vi.spyOn(store.pool, 'query')
  await readEvents(store, {}, { after: 20_000, limit: 1_000 })
  const [{ text, values }] = query.mock.calls[0] as unknown as [{ text: string; values: unknown[] }]
  query.mockRestore()
  for (const statistics of ['', 'analyze server, server_heartbeat, status_event']) {
    await store.pool.query(statistics)
    const { rows } = await store.pool.query(`explain ${text.replace('$1', String(values[0]))}`)
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
    expect(plan).not.toMatch(/Seq Scan on server|Hash Join|Merge Join/)
  }
})

test('a notification that comes while a hub starts makes it tell nothing that was told before', async () => {
  const { store, server } = await scene()
  await makeEvents(store, server.id, 3)
  const told = vi.fn()
  const tail = new EventTail(store, told, told)
  const started = tail.start()
  tail.wake()
  await started
  await tail.stop()
  expect(told).not.toHaveBeenCalled()
})

test('another hub on the same database continues where this one stopped', async () => {
  const { database, hub, store, server } = await scene()
  const here = await listenTo(hub)
  await makeEvents(store, server.id, 3)
  const [first] = await here.take(1)

  const other = await openHub(database)
  const there = await listenTo(other, feedCursor(store, first as StatusEvent))
  await makeEvents(store, server.id, 2)
  const ids = (await there.take(4)).map((event) => event.id)
  expect(ids).toEqual((await allIds(store)).slice(2))
})

test('events of transactions that overlap are in commit order: a reader never skips one', async () => {
  const { hub, store } = await scene()
  const servers = await Promise.all(Array.from({ length: 40 }, () => addServer(store)))
  const feed = await listenTo(hub)
  await Promise.all(servers.map((server) => setSuspended(store, server.id, true)))
  const ids = (await feed.take(40)).map((event) => event.id)
  expect(ids).toEqual(ids.toSorted((a, b) => a - b))
  expect(new Set(ids).size).toBe(40)
})

test('a filter lets through what it names, live and replayed alike', async () => {
  const { hub, store, server } = await scene()
  const { cursor } = await readFleet(store, 'counts')
  const other = await addServer(store, { tags: ['lab'] })
  await makeEvents(store, other.id, 1)
  await makeEvents(store, server.id, 2)
  for (const filter of [{ tags: ['prod'] }, { serverIds: [server.id] }, { to: ['ONLINE' as const] }]) {
    const feed = await hub.statusFeed.events(filter, cursor)
    const { value } = await feed.next()
    expect(value.server.id).toBe(server.id)
    await feed.return()
  }
})

test.each([
  ['garbage', () => 'garbage'],
  ['a cursor of another feed', () => Buffer.from('deadbeef.1').toString('base64url')],
  ['an event that never was', (store: Store) => feedCursor(store, { id: 1_000_000, detectedAt: 0 })],
  ['an event of the same number that was another', (store: Store) => feedCursor(store, { id: 1, detectedAt: 0 })],
  ['an id that is no number', (store: Store) => Buffer.from(`${store.feedEpoch}.1e3.`).toString('base64url')],
])('%s is a BAD_CURSOR, for the feed and for the list', async (_name, make) => {
  const { hub, store } = await scene()
  const after = make(store)
  await expect(hub.statusFeed.events({}, after)).rejects.toMatchObject({ code: 'BAD_CURSOR' })
  await expect(listStatusEvents(store, {}, { after })).rejects.toMatchObject({ code: 'BAD_CURSOR' })
})

test('a cursor older than what is kept has expired; the newest that was dropped still resumes', async () => {
  const { hub, store, server } = await scene()
  await makeEvents(store, server.id, 4)
  await store.pool.query('delete from status_event where id <= 3')
  await store.pool.query('update status_feed set pruned_through = 3')
  await expect(hub.statusFeed.events({}, feedCursor(store, { id: 2, detectedAt: 0 }))).rejects.toMatchObject({
    code: 'CURSOR_EXPIRED',
  })
  expect((await (await listenTo(hub, feedCursor(store, { id: 3, detectedAt: 0 }))).take(1))[0]?.id).toBe(4)
})

test('events that are deleted between the look at the cursor and the replay are told as gone, not skipped', async () => {
  const { hub, store, server } = await scene()
  const { cursor } = await readFleet(store, 'counts')
  await makeEvents(store, server.id, 4)
  await expect.poll(async () => (await (await listenTo(hub, cursor)).take(4)).length).toBe(4) // the tail is there
  const feed = await hub.statusFeed.events({}, cursor)
  await store.pool.query('delete from status_event where id <= 3')
  await store.pool.query('update status_feed set pruned_through = 3')
  await expect(feed.next()).rejects.toMatchObject({ code: 'CURSOR_EXPIRED' })
})

test('whoever reads backwards from where events are gone has come to the end', async () => {
  const { store, server } = await scene()
  await makeEvents(store, server.id, 4)
  const { items } = await listStatusEvents(store, {}, { last: 4 })
  await store.pool.query('delete from status_event where id <= 3')
  await store.pool.query('update status_feed set pruned_through = 3')
  const rest = await listStatusEvents(store, {}, { last: 4, before: items[0]?.cursor })
  expect(rest).toEqual({ items: [], hasNextPage: true, hasPreviousPage: false })
})

test('in a copy that goes on from before, cursors of what it lacks are refused, also when their numbers are given out again', async () => {
  const { hub, store, server } = await scene()
  const feed = await listenTo(hub)
  await makeEvents(store, server.id, 4)
  const [, third, , last] = (await feed.take(4)) as [StatusEvent, StatusEvent, StatusEvent, StatusEvent]
  const lost = [feedCursor(store, last), feedCursorBefore(store, last), (await readFleet(store, 'counts')).cursor]

  // As if the files of this database had been copied after the third event, and brought back.
  await store.pool.query('delete from status_event where id > 3')
  await store.pool.query(`select setval(pg_get_serial_sequence('status_event', 'id'), 3)`)
  for (const cursor of lost.filter((_, i) => i !== 1))
    await expect(resumePoint(store, cursor)).rejects.toMatchObject({ code: 'BAD_CURSOR' })
  await makeEvents(store, server.id, 3)
  expect(await allIds(store)).toEqual([1, 2, 3, 4, 5, 6])
  for (const cursor of lost) await expect(resumePoint(store, cursor)).rejects.toMatchObject({ code: 'BAD_CURSOR' })
  expect(await resumePoint(store, feedCursor(store, third))).toBe(3)
})

test('a subscriber that reads nothing is ended with the cursor from which it misses nothing', async () => {
  const { hub, store, server } = await scene()
  const tail = new EventTail(
    store,
    (events) => small.publish(events),
    (error) => Promise.reject(error),
  )
  const small = new StatusFeed(store, tail, { maxQueued: 3 })
  await tail.start()
  const feed = await small.events({}, null)
  await makeEvents(store, server.id, 6)
  tail.wake()
  await tail.stop()

  const error = await feed.next().catch((error) => error)
  expect(error).toMatchObject({ code: 'SLOW_CONSUMER' })
  expect(small.size).toBe(0)
  const events = await (await listenTo(hub, error.details.cursor)).take(6)
  expect(events.map((event) => event.id)).toEqual((await allIds(store)).slice(1))
})

test('a long history and what happens meanwhile is read once and in order, however slowly', async () => {
  const { store, server } = await scene()
  const tail = new EventTail(
    store,
    (events) => small.publish(events),
    (error) => Promise.reject(error),
  )
  const small = new StatusFeed(store, tail, { maxQueued: 3 })
  await tail.start()
  await writeEvents(store, server.id, 1_200)
  tail.wake()
  await expect.poll(() => tail.position).toBe(1_201)

  const feed = await small.events({}, feedCursor(store, { id: 0, detectedAt: 0 }))
  const seen: number[] = []
  for (let round = 0; round < 3; round++) {
    seen.push(...((await feed.take()) ?? []).map(({ id }) => id))
    await writeEvents(store, server.id, 5) // more than may wait
    tail.wake()
    await expect.poll(() => tail.position).toBe(1_201 + 5 * (round + 1))
  }
  expect(seen).toEqual(Array.from({ length: 1_206 }, (_, i) => i + 1))
  await tail.stop()
})

/** Writes events as they are stored, without changing anything. */
async function writeEvents(store: Store, serverId: number, count: number): Promise<void> {
  await store.pool.query(
    `insert into status_event (server_id, from_status, from_reason, to_status, reason, at, detected_at)
     select $1, 'ONLINE', 'HEALTHY', 'OFFLINE', 'SUSPENDED', now(), now() from generate_series(1, $2)`,
    [serverId, count],
  )
}

test('a reader that leaves while it waits, or before it began, leaves nothing behind', async () => {
  const { hub } = await scene()
  const neverBegun = await hub.statusFeed.events({}, null)
  const waiting = await hub.statusFeed.events({}, null)
  const next = waiting.next()
  expect(hub.statusFeed.size).toBe(2)
  await Promise.all([neverBegun.return(), waiting.return()])
  expect((await next).done).toBe(true)
  expect(hub.statusFeed.size).toBe(0)
})

test('a list of events is the same forwards and backwards, page by page', async () => {
  const { store, server } = await scene()
  await makeEvents(store, server.id, 9)
  const forwards: number[] = []
  for (let after: string | undefined, more = true; more; ) {
    const page = await listStatusEvents(store, {}, { first: 3, after })
    forwards.push(...page.items.map((item) => item.node.id))
    after = page.items.at(-1)?.cursor
    more = page.hasNextPage
  }
  const backwards: number[] = []
  for (let before: string | undefined, more = true; more; ) {
    const page = await listStatusEvents(store, {}, { last: 4, before })
    backwards.unshift(...page.items.map((item) => item.node.id))
    before = page.items[0]?.cursor
    more = page.hasPreviousPage
  }
  expect(forwards).toEqual(await allIds(store))
  expect(backwards).toEqual(forwards)
})
