import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { ADMIN_TOKEN, startTestApp, urlOf } from './support/app-scene.ts'
import { admin } from './support/global-setup.ts'
import { addServer, freshDatabase, openHub } from './support/hub-scene.ts'

const PATIENCE = { interval: 20, timeout: 25_000 }

const OUR_SESSIONS = `select application_name as name, pid from pg_stat_activity
  where datname = current_database() and application_name like 'stacksense%' order by 1`

const WAITING = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`

test('a hub that cannot be opened leaves no connection behind', async () => {
  const database = await freshDatabase()
  await admin(database.connection, (client) => client.query('drop table metric_sample'))
  await expect(openHub(database)).rejects.toThrow('metric_sample')
  await vi.waitFor(async () => {
    const { rows } = await admin(database.connection, (client) => client.query(OUR_SESSIONS))
    expect(rows).toEqual([])
  }, PATIENCE)
})

test('a server that was renamed while nobody listened is called by its new name', async () => {
  const hub = await openHub(await freshDatabase())
  const server = await addServer(hub.store)
  await hub.writer.record(server.id, {})

  await hub.store.pool.query(`update server set name = 'renamed' where id = $1`, [server.id]) // tells nobody
  expect(await hub.writer.record(server.id, {})).toMatchObject({ name: server.name })
  await hub.store.pool.query(
    `select pg_terminate_backend(pid) from (${OUR_SESSIONS}) s where s.name like 'stacksense listener %'`,
  )
  const recorded = () => hub.writer.record(server.id, {})
  await vi.waitFor(async () => expect(await recorded()).toMatchObject({ name: 'renamed' }), PATIENCE)
})

test('a hub that stops judges nobody from when it can no longer be reached', async () => {
  const database = await freshDatabase()
  const app = await startTestApp({}, urlOf(database.connection))
  const { id, token } = await app.addServer('web-1')
  await app.graphql('mutation ($id: ID!) { updateServer(id: $id, input: { offlineAfterSeconds: 2 }) { id } }', { id })
  // Whoever has not sent all of its request keeps the program waiting, up to a limit.
  const port = Number(new URL(app.url).port)
  const slow = connect({ host: '127.0.0.1', port })
  slow.write(
    `POST /api/heartbeat/${id}/ HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\ncontent-length: 9\r\n\r\n`,
  )
  await app.post(`/api/heartbeat/${id}/`, undefined, { authorization: `Bearer ${token}` })

  const events = async () =>
    (await admin(database.connection, (client) => client.query('select to_status from status_event order by id'))).rows
  const stopped = app.stop()
  await expect.poll(() => isOpen(port), PATIENCE).toBe(false)
  const toldBefore = await events() // a death, where this machine is slow, by a hub that could be reached
  await new Promise((resolve) => setTimeout(resolve, 3_000)) // longer than the server may be silent
  slow.destroy()
  await stopped
  expect(await events()).toEqual(toldBefore)
})

/** Whether the port still takes connections. */
async function isOpen(port: number): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port })
  const open = await once(socket, 'connect').then(
    () => true,
    () => false,
  )
  socket.destroy()
  return open
}

test('a hub that stops in order ends within seconds: it sends sockets away, and waits for nobody who does not end', async () => {
  const app = await startTestApp()
  const { port } = new URL(app.url)
  const slow = connect({ host: '127.0.0.1', port: Number(port) })
  slow.on('error', () => undefined).resume()
  const slowGone = once(slow, 'close')
  slow.write('POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n') // and never the rest
  const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, 'graphql-transport-ws')
  await once(socket, 'open')
  socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${ADMIN_TOKEN}` } }))
  await once(socket, 'message')

  const gone = once(socket, 'close')
  await app.stop()
  expect((await gone)[0]).toBe(1001)
  await slowGone
}, 30_000)

test('whoever waits when the hub stops is answered, and whoever asks on is told that the connection ends', async () => {
  const database = await freshDatabase()
  const app = await startTestApp({}, urlOf(database.connection))
  const { id, token } = await app.addServer('web-1')
  const { port } = new URL(app.url)
  const request = `POST /api/heartbeat/${id}/ HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\ncontent-length: 0\r\n\r\n`
  const socket = connect({ host: '127.0.0.1', port: Number(port) })
  const answers = text(socket)
  await admin(database.connection, async (client) => {
    await client.query('begin; select 1 from server for update')
    socket.write(request)
    await expect
      .poll(async () => {
        await client.query('select pg_stat_clear_snapshot()') // else a transaction sees the sessions of its first look
        return (await client.query(WAITING)).rows
      })
      .not.toEqual([])
    const stopped = app.stop()
    await expect.poll(() => fetch(app.url).catch((error: Error) => error.message)).toBe('fetch failed')
    socket.write(request)
    await client.query('commit')
    await stopped
  })
  const [first, second] = (await answers).split(/(?=HTTP.* 200)/)
  expect(first).toMatch(/^HTTP.* 200/)
  expect(second).toMatch(/^connection: close/im)
}, 60_000)
