import { expect, onTestFinished, test, vi } from 'vitest'
import { Refusal } from '../src/errors.ts'
import { ServerFeed } from '../src/publish/server-feed.ts'
import { raiseAlert, resolveAlert } from '../src/store/alerts.ts'
import type { ServerFilter } from '../src/store/server-filter.ts'
import { deleteServer, type ServerChanges, updateServer } from '../src/store/servers.ts'
import { graphqlScene } from './graphql-scene.ts'
import { addServer, freshDatabase, listenTo, openHub } from './support/hub-scene.ts'

/** A feed that hears of what the test does, with a clock of its own, and two servers. */
async function scene() {
  const { store } = await openHub(await freshDatabase())
  let nowMs = 0
  const onError = (error: unknown) => {
    throw error
  }
  const tooSlow = () => new Refusal('SLOW_CONSUMER', 'Too slow.')
  const feed = new ServerFeed({ store, tooSlow, onError, now: () => nowMs })
  onTestFinished(() => feed.end())
  const web = await addServer(store, { name: 'web', tags: ['web'] })
  const db = await addServer(store, { name: 'db', tags: ['db'] })

  /** Hears it, and waits until all who listen were told. */
  const hear = async (payload: string) => {
    const witness = feed.subscribe({})
    feed.heard(payload)
    await witness.next()
    witness.close()
  }
  const change = async (id: number, changes: ServerChanges) => {
    await updateServer(store, id, changes)
    await hear(`UPDATED ${id}`)
  }
  /** Answers what came since it was asked last. */
  const follow = (filter: ServerFilter) => {
    const queue = feed.subscribe(filter)
    return () => (queue.poll(() => undefined) ?? []).map(({ kind, server }) => `${kind} ${server.name}`)
  }
  /** The same, and it is known by now who passed at first. */
  const followFromLongAgo = async (filter: ServerFilter) => {
    const query = vi.spyOn(store.pool, 'query')
    const told = follow(filter)
    await Promise.all(query.mock.results.map(({ value }) => value))
    query.mockRestore()
    await new Promise(setImmediate)
    nowMs += 30_000
    return told
  }
  return { store, web, db, hear, change, follow, followFromLongAgo }
}

test('a server that loses its tag is told to have left, once; when it has it again it is news', async () => {
  const { store, web, hear, change, followFromLongAgo } = await scene()
  const told = await followFromLongAgo({ tags: ['web'] })
  await change(web.id, { tags: [] })
  await change(web.id, { name: 'former' })
  expect(told()).toEqual(['LEFT_FILTER web'])
  await change(web.id, { tags: ['web', 'new'] })
  await change(web.id, { name: 'again' })
  await deleteServer(store, web.id)
  await hear(`DELETED ${web.id}`)
  expect(told()).toEqual(['UPDATED former', 'UPDATED again', 'DELETED again'])
})

test('nothing is told of a server that never passed, nor of its end', async () => {
  const { store, db, hear, change, followFromLongAgo } = await scene()
  const told = await followFromLongAgo({ tags: ['web'] })
  await change(db.id, { name: 'database' })
  await deleteServer(store, db.id)
  await hear(`DELETED ${db.id}`)
  expect(told()).toEqual([])
})

test('one that left in the moment of the subscription is told, since a list that was read before may have it', async () => {
  const { store, web, hear, follow } = await scene()
  await updateServer(store, web.id, { tags: [] })
  const told = follow({ tags: ['web'] })
  await hear(`UPDATED ${web.id}`)
  await hear(`UPDATED ${web.id}`)
  expect(told()).toEqual(['LEFT_FILTER web'])
})

test('whoever comes later to a filter that is followed is told of what leaves from then on', async () => {
  const { web, change, follow, followFromLongAgo } = await scene()
  await followFromLongAgo({ tags: ['web'] })
  const told = follow({ tags: ['web'] })
  await change(web.id, { tags: [] })
  expect(told()).toEqual(['LEFT_FILTER web'])
})

test('a filter by name is left by a new name, one by id by nothing but deletion', async () => {
  const { store, web, hear, change, followFromLongAgo } = await scene()
  const [byName, byId] = [await followFromLongAgo({ search: 'WEB' }), await followFromLongAgo({ ids: [web.id] })]
  await change(web.id, { name: 'www', tags: [] })
  expect([byName(), byId()]).toEqual([['LEFT_FILTER www'], ['UPDATED www']])
  await deleteServer(store, web.id)
  await hear(`DELETED ${web.id}`)
  expect([byName(), byId()]).toEqual([[], ['DELETED www']])
})

test('a filter by status is entered and left as the status changes', async () => {
  const hub = await openHub(await freshDatabase())
  const { id } = await addServer(hub.store, { name: 'web' })
  const feed = await listenTo(hub)
  await hub.writer.record(id, {})
  await feed.take(1)
  const queue = hub.changeFeed.servers({ statuses: ['WARNING'] })
  const next = async () => {
    const { value } = await queue.next()
    return `${value.kind} ${value.server.name} ${value.server.status}`
  }
  const alert = { serverId: id, severity: 'INFO', message: 'm', value: null, threshold: null, by: 'test' } as const
  const { id: first } = await raiseAlert(hub.store, { ...alert, key: 'first' })
  expect(await next()).toBe('UPDATED web WARNING')
  const { id: second } = await raiseAlert(hub.store, { ...alert, key: 'second' })
  await updateServer(hub.store, id, { name: 'www' })
  expect(await next()).toBe('UPDATED www WARNING')
  for (const it of [first, second]) await resolveAlert(hub.store, it, 'test', null)
  expect(await next()).toBe('LEFT_FILTER www ONLINE')
})

test('a client hears by GraphQL that a server left its filter', async () => {
  const { createServer, data, socket } = await graphqlScene()
  const { id } = await createServer('web 1', { tags: ['web'] })
  const client = socket()
  const changes = client.iterate<{ serverChanged: unknown }>({
    query: 'subscription { serverChanged(filter: { tags: ["web"] }) { kind server { name tags } } }',
  })
  for await (const _ of client.iterate({ query: '{ viewer { name } }' })); // what was asked before is under way
  await data('mutation ($id: ID!) { updateServer(id: $id, input: { tags: ["old"] }) { id } }', { id })
  expect((await changes.next()).value?.data?.serverChanged).toEqual({
    kind: 'LEFT_FILTER',
    server: { name: 'web 1', tags: ['old'] },
  })
})
