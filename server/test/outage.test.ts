import type pg from 'pg'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { Hub } from '../src/hub.ts'
import { Listener } from '../src/publish/listener.ts'
import { listObservationGaps } from '../src/store/observation-gaps.ts'
import { inTransaction } from '../src/store/transaction.ts'
import { proxyTo } from './support/database-proxy.ts'
import { admin } from './support/global-setup.ts'
import { ask, scratchFolder, startHub } from './support/hub-process.ts'
import { addServer, freshDatabase, historyOf, listenTo, openHub } from './support/hub-scene.ts'
import { observedSilence } from './support/observed-silence.ts'
import { urlOf } from './support/test-database.ts'

const TOLD = '{ statusEvents { nodes { to at detectedAt lastHeartbeatAt } } observationGaps { from until cause } }'

interface Told {
  readonly statusEvents: { readonly nodes: readonly Record<'to' | 'at' | 'detectedAt' | 'lastHeartbeatAt', string>[] }
  readonly observationGaps: readonly Record<'from' | 'until' | 'cause', string>[]
}

const PATIENCE = { interval: 100, timeout: 25_000 }

async function scene() {
  const database = await freshDatabase()
  const proxy = await proxyTo(database)
  const hub = await openHub(proxy.database, { onError: () => undefined })
  await hub.watch()
  const server = await addServer(hub.store, { offlineAfterSeconds: 3 })
  await hub.writer.record(server.id, {})
  await vi.waitFor(() => expect(hub.monitor.watched).toBe(1), PATIENCE)
  const feed = await listenTo(hub)
  return {
    proxy,
    hub,
    server,
    feed,
    /** Of as much silence as could be heard the server dies, and of nothing else; its next heartbeat is recorded. */
    async expectOneDeath() {
      const [death] = await feed.take(1)
      expect(death).toMatchObject({ to: 'OFFLINE', reason: 'HEARTBEAT_EXPIRED' })
      const { store } = await openHub(database) // past the proxy, whose connections may have died in silence
      const gaps = await listObservationGaps(store, null, null)
      expect(gaps.map((gap) => gap.cause)).toContain('DATABASE_UNREACHABLE')
      expect(observedSilence(death, gaps)).toBeCloseTo(3_000, 2)
      await vi.waitFor(() => hub.writer.record(server.id, {}), PATIENCE)
    },
  }
}

test('a database that goes away and comes back costs nobody a false OFFLINE, and everything goes on', async () => {
  const { proxy, hub, server, feed, expectOneDeath } = await scene()
  proxy.cut()
  await expect(hub.writer.record(server.id, {})).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  await new Promise((resolve) => setTimeout(resolve, 4_000)) // longer than the server may be silent
  proxy.heal()

  await expectOneDeath()
  expect(await feed.take(1)).toMatchObject([{ to: 'ONLINE' }])
}, 60_000)

test('a database that falls silent without a word is given up within seconds, and left for one that answers', async () => {
  const { proxy, hub, server, expectOneDeath } = await scene()
  proxy.mute()
  const since = performance.now()
  await expect(hub.writer.record(server.id, {})).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  expect(performance.now() - since).toBeLessThan(15_000)
  proxy.heal()

  await expectOneDeath()
}, 90_000)

test('a database that has become a replica is one that cannot be reached', async () => {
  const hub = await openHub(await freshDatabase())
  const { rows } = await hub.store.pool.query('select current_database() as name')
  await hub.store.pool.query(`alter database ${rows[0].name} set default_transaction_read_only = on`)
  await hub.store.pool.query(`select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'stacksense writer' and datname = current_database()`)
  await expect.poll(() => hub.writer.record(1, {}).catch((error) => error.cause?.code), PATIENCE).toBe('25006')
  await expect(hub.writer.record(1, {})).rejects.toMatchObject({ code: 'UNAVAILABLE' })
})

test.each([
  ['between two stamps', false],
  ['in the middle of one', true],
])(
  'a hub that was stopped %s and goes on calls nobody OFFLINE for what it did not hear, and says that it was paused',
  async (_when, midway) => {
    const database = await freshDatabase()
    const hub = await startHub({ DATABASE_URL: urlOf(database), STACKSENSE_DATA_DIR: scratchFolder() })
    const { createServer } = await ask<{ createServer: { server: { id: string }; agentToken: string } }>(
      hub,
      'mutation { createServer(input: { name: "web-1", offlineAfterSeconds: 3 }) { server { id } agentToken } }',
    )
    const beat = () =>
      fetch(`${hub.url}/api/heartbeat/${createServer.server.id}/`, {
        method: 'POST',
        headers: { authorization: `Bearer ${createServer.agentToken}` },
      })
    expect((await beat()).status).toBe(200)

    await admin(database.connection, async (client) => {
      if (midway) await holdStamp(client)
      hub.process.kill('SIGSTOP')
    })
    await new Promise((resolve) => setTimeout(resolve, 6_000)) // longer than the server may be silent, and than a leader
    hub.process.kill('SIGCONT')
    // Of as much silence as could be heard the server dies, and of nothing else.
    const told = () => ask<Told>(hub, TOLD)
    await expect
      .poll(async () => (await told()).statusEvents.nodes, PATIENCE)
      .toMatchObject([{ to: 'ONLINE' }, { to: 'OFFLINE' }])
    const { statusEvents, observationGaps } = await told()
    expect(observationGaps.map((gap) => gap.cause)).toContain('PAUSED')
    expect(observedSilence(statusEvents.nodes[1], observationGaps)).toBeCloseTo(3_000, -1)
  },
  60_000,
)

/** A hub of its own process that leads, and another one on the same database. */
async function twoHubs() {
  const database = await freshDatabase()
  const leader = await startHub({ DATABASE_URL: urlOf(database), STACKSENSE_DATA_DIR: scratchFolder() })
  const hub = await openHub(database, { onError: () => undefined })
  await hub.watch()
  expect(hub.monitor.leads).toBe(false)
  return { database, leader, hub }
}

test('another hub takes over from a leader that is stopped, and that is no gap', async () => {
  const { leader, hub } = await twoHubs()
  const server = await addServer(hub.store, { offlineAfterSeconds: 2 })
  await hub.writer.record(server.id, {})
  leader.process.kill('SIGSTOP')
  await expect.poll(() => hub.monitor.leads, PATIENCE).toBe(true)
  await expect.poll(() => historyOf(hub.store, server.id), PATIENCE).toHaveLength(2)
  // Where this machine was too busy for the test itself, that is a pause of ours.
  const gaps = await listObservationGaps(hub.store, null, null)
  expect(gaps.filter((gap) => gap.cause !== 'PAUSED')).toEqual([])
}, 60_000)

test('a hub that is stopped in the middle of a stamp holds nobody up', async () => {
  const { database, leader, hub } = await twoHubs()
  for (let round = 0; round < 10; round++) {
    await admin(database.connection, async (client) => {
      await holdStamp(client, 2)
      leader.process.kill('SIGSTOP')
    })
    // Both stamps go on now, and end by themselves: nobody is there to end the one of the stopped hub.
    const found = await vi.waitFor(
      async () => {
        const now = await writers(hub)
        expect(now.waiting).toBe(0)
        return now
      },
      { interval: 5, timeout: 25_000 },
    )
    expect(found.standing).toBe(0)
    leader.process.kill('SIGCONT')
  }
}, 120_000)

/**
 * How many writers wait for a lock, and how many of others stand still in the middle of a transaction: our own does for a
 * moment where it was held for so long that its stamp records a gap.
 */
async function writers({ store }: Hub): Promise<{ waiting: number; standing: number }> {
  const { rows } = await store.pool.query(
    `select count(*) filter (where wait_event_type = 'Lock')::int as waiting,
       count(*) filter (where state like 'idle in transaction%'
         and pid <> (select writer_pid from hub_observation where hub_id = $1))::int as standing
     from pg_stat_activity where datname = current_database() and application_name = 'stacksense writer'`,
    [store.hubId],
  )
  return rows[0]
}

test('a transaction that stood still for too long is run again, from its start', async () => {
  const { store } = await openHub(await freshDatabase())
  let attempts = 0
  const answer = await inTransaction(store.pool, async (tx) => {
    attempts++
    await tx.query('create table if not exists attempt (n int); insert into attempt values (1)')
    if (attempts === 1) await new Promise((resolve) => setTimeout(resolve, 1_500))
    return (await tx.query('select count(*)::int as n from attempt')).rows[0].n
  })
  expect({ attempts, answer }).toEqual({ attempts: 2, answer: 1 })
})

test('a session that is lost in the middle of a transaction of the ORM costs the pool no connection', async () => {
  const { store } = await openHub(await freshDatabase())
  const lost = store.em().transactional(async (em) => {
    const [{ pid }] = await em.execute<[{ pid: number }]>('select pg_backend_pid() as pid')
    await store.watch.query('select pg_terminate_backend($1)', [pid])
  })
  await expect(lost).rejects.toThrow()
  await expect.poll(() => store.pool.totalCount - store.pool.idleCount, PATIENCE).toBe(0)
})

test('a listener that is stopped while it connects again leaves no connection behind', async () => {
  const database = await freshDatabase()
  const { store } = await openHub(database)
  const proxy = await proxyTo(database)
  const listener = new Listener(
    Object.assign(Object.create(store), proxy.database),
    () => undefined,
    () => undefined,
  )
  await listener.start()
  proxy.cut()
  proxy.mute()
  await vi.waitFor(() => expect(proxy.held).toBe(1), PATIENCE)

  const stopped = listener.stop()
  proxy.heal()
  await stopped
  const ofHub = 1
  await vi.waitFor(async () => {
    const { rows } = await store.pool.query(
      `select 1 from pg_stat_activity where application_name like 'stacksense listener %' and datname = current_database()`,
    )
    expect(rows).toHaveLength(ofHub)
  }, PATIENCE)
})

test('a listener whose connection died without a word no longer counts as listening two seconds later, and is back', async () => {
  const database = await freshDatabase()
  const { store } = await openHub(database)
  const proxy = await proxyTo(database)
  const onListening = vi.fn()
  const listener = new Listener(Object.assign(Object.create(store), proxy.database), () => undefined, onListening)
  onTestFinished(() => listener.stop())
  await listener.start()
  await new Promise((resolve) => setTimeout(resolve, 2_500)) // longer than one answer is good for
  await vi.waitFor(() => expect(listener.listens).toBe(true), PATIENCE)

  proxy.mute()
  await new Promise((resolve) => setTimeout(resolve, 2_001))
  expect(listener.listens).toBe(false)

  proxy.heal()
  await vi.waitFor(() => expect(listener.listens).toBe(true), PATIENCE)
  expect(onListening).toHaveBeenCalledTimes(2) // whoever relies on notifications was told to read anew
})

/** Makes this many hubs wait in the middle of their stamps, for as long as this connection lasts. */
async function holdStamp(client: pg.Client, hubs = 1): Promise<void> {
  await client.query('begin; select 1 from observation_stamp for update')
  await expect
    .poll(async () => {
      await client.query('select pg_stat_clear_snapshot()') // else a transaction sees the sessions of its first look
      const { rows } = await client.query(`select 1 from pg_stat_activity
        where wait_event_type = 'Lock' and datname = current_database() and application_name = 'stacksense writer'`)
      return rows.length
    }, PATIENCE)
    .toBe(hubs)
}
