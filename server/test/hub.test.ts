import { expect, test, vi } from 'vitest'
import { admin } from './support/global-setup.ts'
import { addServer, freshDatabase, openHub } from './support/hub-scene.ts'

const OUR_SESSIONS = `select application_name as name, pid from pg_stat_activity
  where datname = current_database() and application_name like 'stacksense%' order by 1`

test('a hub that cannot be opened leaves no connection behind', async () => {
  const database = await freshDatabase()
  await admin(database.connection, (client) => client.query('drop table metric_sample'))
  await expect(openHub(database)).rejects.toThrow('metric_sample')
  await vi.waitFor(async () => {
    const { rows } = await admin(database.connection, (client) => client.query(OUR_SESSIONS))
    expect(rows).toEqual([])
  })
})

test('a server that was renamed while nobody listened is called by its new name', async () => {
  const hub = await openHub(await freshDatabase())
  const server = await addServer(hub.store)
  await hub.writer.record(server.id, {})

  await hub.store.pool.query(`update server set name = 'renamed' where id = $1`, [server.id]) // tells nobody
  expect(await hub.writer.record(server.id, {})).toMatchObject({ name: server.name })
  await hub.store.pool.query(
    `select pg_terminate_backend(pid) from (${OUR_SESSIONS}) s where s.name = 'stacksense listener'`,
  )
  await vi.waitFor(async () => expect(await hub.writer.record(server.id, {})).toMatchObject({ name: 'renamed' }), 5_000)
})
