import { expect, test } from 'vitest'
import { setSuspended } from '../src/store/servers.ts'
import { graphqlScene } from './graphql-scene.ts'
import { addServer, age, freshDatabase, listenTo, openHub } from './support/hub-scene.ts'

/** What `/metrics` says of each figure without labels. */
async function read(url: string, token: string | null) {
  const headers = token === null ? {} : { authorization: `Bearer ${token}` }
  const response = await fetch(new URL('/metrics', url), { headers })
  const lines = (await response.text()).split('\n').map((line) => line.split(' '))
  return { status: response.status, figures: Object.fromEntries(lines.map(([name, value]) => [name, Number(value)])) }
}

test('whoever may read may read the figures, and nobody else', async () => {
  const { url, tokens, createServer, hub } = await graphqlScene()
  const { id, token } = await createServer('web')
  expect((await read(url, null)).status).toBe(401)
  expect((await read(url, token)).status).toBe(403)

  await hub.writer.record(Number(id), {})
  const { figures } = await read(url, tokens.read)
  expect(figures).toMatchObject({
    stacksense_heartbeats_total: 1,
    'stacksense_heartbeat_batch_size_bucket{le="1"}': 1,
    stacksense_heartbeat_backlog_seconds: 0,
    stacksense_leader: 0,
    stacksense_watched_servers: 0,
    stacksense_slow_consumers_total: 0,
  })
})

test('the lag from the deadline to commit and subscriber is measured where there was one', async () => {
  const hub = await openHub(await freshDatabase())
  const figures = () =>
    Object.fromEntries(hub.figures.of(hub).flatMap((one) => one.lines().map((line) => line.split(' '))))
  const server = await addServer(hub.store, { offlineAfterSeconds: 3_600 })
  await hub.writer.record(server.id, {})
  const { take } = await listenTo(hub)
  await hub.watch()
  await expect.poll(() => hub.monitor.watched).toBe(1)
  await age(hub.store.pool, server.id, 3_601)
  hub.monitor.lookAt([server.id])
  expect((await take(1))[0]?.reason).toBe('HEARTBEAT_EXPIRED')

  await setSuspended(hub.store, server.id, true) // the next event: the one before it has been passed on
  await take(1)
  expect(figures()).toMatchObject({
    stacksense_deadline_to_commit_seconds_count: '1',
    stacksense_deadline_to_subscriber_seconds_count: '1',
    stacksense_status_subscribers: '1',
  })
})
