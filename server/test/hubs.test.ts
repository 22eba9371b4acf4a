import { expect, test } from 'vitest'
import { listHubs } from '../src/store/hubs.ts'
import { graphqlScene } from './graphql-scene.ts'
import { addServer, freshDatabase, openHub } from './support/hub-scene.ts'

test('hubs know of one another: which one leads, what each takes, and how far behind its feed is', async () => {
  const database = await freshDatabase()
  const first = await openHub(database, { version: '1.2.3' })
  const second = await openHub(database)
  await first.watch('hub-1')
  await second.watch('hub-2')
  const server = await addServer(first.store)
  await first.writer.record(server.id, {})

  const hub = { isLive: true, backlogMs: null, startedAt: expect.any(Number), stampedAt: expect.any(Number) }
  await expect
    .poll(() => listHubs(second.store))
    .toEqual([
      {
        ...hub,
        id: first.store.hubId,
        name: 'hub-1',
        version: '1.2.3',
        leads: true,
        heartbeatsPerSecond: expect.closeTo(0.1, 5),
        feedLagMs: expect.any(Number),
      },
      expect.objectContaining({ ...hub, id: second.store.hubId, leads: false, heartbeatsPerSecond: 0 }),
    ])

  await first.close()
  expect(await listHubs(second.store)).toMatchObject([{ name: 'hub-2' }])
})

test('a hub that was killed is listed as not live, behind the others, and leads no more', async () => {
  const { hub, data } = await graphqlScene()
  await hub.store.pool.query(
    `insert into hub_observation (hub_id, name, leads, stamped_at)
     values (gen_random_uuid(), 'killed', true, clock_timestamp() - interval '1 minute')`,
  )
  await hub.watch('living')
  const { hubs } = await data('{ hubs { name isLive isSelf leads } }')
  expect(hubs).toEqual([
    { name: 'living', isLive: true, isSelf: true, leads: expect.any(Boolean) },
    { name: 'killed', isLive: false, isSelf: false, leads: false },
  ])
})
