import { randomBytes } from 'node:crypto'
import { expect, test, vi } from 'vitest'
import { findByTokenHash } from '../src/store/api-tokens.ts'
import { judgeExpiry } from '../src/store/judge-expiry.ts'
import { listObservationGaps } from '../src/store/observation-gaps.ts'
import { deleteServer, setSuspended, updateServer } from '../src/store/servers.ts'
import { settle } from '../src/store/settle.ts'
import { inTransaction } from '../src/store/transaction.ts'
import { admin } from './support/global-setup.ts'
import { addServer, age, freshDatabase, historyOf, listenTo, openHub, storedStatus } from './support/hub-scene.ts'
import { observedSilence } from './support/observed-silence.ts'

const SHORT = { offlineAfterSeconds: 2 }

async function scene() {
  const database = await freshDatabase()
  const hub = await openHub(database)
  return { database, hub, store: hub.store, judge: (id: number) => judgeExpiry(hub.store, [id]).then((a) => a.get(id)) }
}

test('a silent server is told OFFLINE at its deadline, to the microsecond, and back at its heartbeat', async () => {
  const { hub, store } = await scene()
  await hub.watch()
  const server = await addServer(store, SHORT)
  const feed = await listenTo(hub)

  const first = await hub.writer.record(server.id, {})
  const [came, went] = await feed.take(2)
  const second = await hub.writer.record(server.id, {})
  const [back] = await feed.take(1)

  if (first.kind !== 'recorded' || second.kind !== 'recorded') throw new Error('The server is known')
  expect(came).toMatchObject({ from: 'OFFLINE', to: 'ONLINE', reason: 'HEALTHY' })
  expect(went).toMatchObject({ from: 'ONLINE', to: 'OFFLINE', reason: 'HEARTBEAT_EXPIRED' })
  expect(went?.lastHeartbeatAt).toBeCloseTo(first.receivedAt, 2)
  // Where this machine was too busy to stamp, the deadline is as much later.
  expect(observedSilence(went, await listObservationGaps(store, null, null))).toBeCloseTo(2_000, 2)
  expect(went?.detectedAt).toBeGreaterThan(went?.at ?? Infinity)
  expect(back).toMatchObject({ from: 'OFFLINE', to: 'ONLINE', reason: 'HEALTHY' })
  expect(back?.at).toBeCloseTo(second.receivedAt, 2)
})

test('a server that beats is looked at, found fresh, and never told', async () => {
  const { hub, store, judge } = await scene()
  const server = await addServer(store, { offlineAfterSeconds: 60 })
  await hub.writer.record(server.id, {})
  await age(store.pool, server.id, 30)
  expect(await judge(server.id)).toEqual({ kind: 'fresh', remainingMs: expect.closeTo(30_000, -4) })
  expect(await historyOf(store, server.id)).toEqual(['OFFLINE/NEVER_SEEN>ONLINE/HEALTHY'])
})

test('who is fresh is found without a lock: nothing waits for the look, and the look for nothing', async () => {
  const { hub, store, judge } = await scene()
  const server = await addServer(store)
  await hub.writer.record(server.id, {})
  const seen = await inTransaction(store.pool, async (tx) => {
    await tx.query('select from server_heartbeat where server_id = $1 for update', [server.id])
    return judge(server.id)
  })
  expect(seen?.kind).toBe('fresh')
  const { rows } = await store.pool.query('select xmax::text from server_heartbeat where server_id = $1', [server.id])
  await judge(server.id)
  const after = await store.pool.query('select xmax::text from server_heartbeat where server_id = $1', [server.id])
  expect(after.rows).toEqual(rows)
})

test('a row that a heartbeat holds is skipped, and fresh when the heartbeat has committed', async () => {
  const { hub, store, judge } = await scene()
  const server = await addServer(store)
  await hub.writer.record(server.id, {})
  await age(store.pool, server.id, 70)

  const seen = await inTransaction(store.pool, async (tx) => {
    await tx.query('update server_heartbeat set last_heartbeat_at = statement_timestamp() where server_id = $1', [
      server.id,
    ])
    return judge(server.id)
  })
  expect(seen).toEqual({ kind: 'busy' })
  expect((await judge(server.id))?.kind).toBe('fresh')
  expect((await storedStatus(store, server.id)).status).toBe('ONLINE')
})

test('a heartbeat that waited for the judgement finds OFFLINE committed and brings the server back', async () => {
  const { database, hub, store } = await scene()
  const server = await addServer(store)
  await hub.writer.record(server.id, {})
  await age(store.pool, server.id, 70)

  // By a session of its own, which the database does not end however long it stands still.
  const { beat } = await admin(database.connection, async (client) => {
    await client.query('begin')
    await client.query('select 1 from server_heartbeat where server_id = $1 for update', [server.id])
    const beat = hub.writer.record(server.id, {})
    await waitForLock(store.pool)
    await settle(client, [server.id], 'time')
    await client.query('commit')
    return { beat } // in an object, or it would be waited for here
  })
  await beat
  expect(await historyOf(store, server.id)).toEqual([
    'OFFLINE/NEVER_SEEN>ONLINE/HEALTHY',
    'ONLINE/HEALTHY>OFFLINE/HEARTBEAT_EXPIRED',
    'OFFLINE/HEARTBEAT_EXPIRED>ONLINE/HEALTHY',
  ])
})

test('heartbeats and judgements that race two hundred times end in the right status, with events that pair up', async () => {
  const { hub, store, judge } = await scene()
  const server = await addServer(store)
  await hub.writer.record(server.id, {})

  for (let round = 0; round < 200; round++) {
    await age(store.pool, server.id, 59.998 + (round % 5) / 1_000)
    const judged = judge(server.id)
    if (round % 3 > 0) await new Promise(setImmediate)
    if (round % 3 > 1) await store.pool.query('select 1')
    const beat = hub.writer.record(server.id, {})
    await Promise.all([judged, beat])
    expect((await storedStatus(store, server.id)).status).toBe('ONLINE')
  }

  const [first, ...rest] = await historyOf(store, server.id)
  expect(first).toBe('OFFLINE/NEVER_SEEN>ONLINE/HEALTHY')
  rest.forEach((change, i) => {
    expect(change).toBe(
      i % 2 === 0 ? 'ONLINE/HEALTHY>OFFLINE/HEARTBEAT_EXPIRED' : 'OFFLINE/HEARTBEAT_EXPIRED>ONLINE/HEALTHY',
    )
  })
  expect(rest.length % 2).toBe(0)
}, 120_000)

test('a threshold that is shortened counts from now on, one that is lengthened brings the server back', async () => {
  const { hub, store } = await scene()
  await hub.watch()
  const server = await addServer(store)
  await hub.writer.record(server.id, {})
  await age(store.pool, server.id, 30)
  const feed = await listenTo(hub)

  const shortened = await updateServer(store, server.id, { offlineAfterSeconds: 10 })
  const [went] = await feed.take(1)
  expect(shortened).toMatchObject({ status: 'OFFLINE', statusReason: 'HEARTBEAT_EXPIRED' })
  // Not from the deadline that the new threshold would have had, twenty seconds ago.
  expect((went?.at ?? 0) - (went?.lastHeartbeatAt ?? 0)).toBeGreaterThan(30_000)

  expect(await updateServer(store, server.id, { offlineAfterSeconds: 60 })).toMatchObject({ status: 'ONLINE' })
  await updateServer(store, server.id, { offlineAfterSeconds: 31 })
  await feed.take(1)
  const [expired] = await feed.take(1)
  expect(expired).toMatchObject({ to: 'OFFLINE', reason: 'HEARTBEAT_EXPIRED' })
})

test('a suspended server is told nothing of its silence; its heartbeats are stored, and it comes back as it is', async () => {
  const { hub, store, judge } = await scene()
  const server = await addServer(store)
  await hub.writer.record(server.id, {})
  expect(await setSuspended(store, server.id, true)).toMatchObject({ status: 'OFFLINE', statusReason: 'SUSPENDED' })

  await age(store.pool, server.id, 70)
  expect(await judge(server.id)).toEqual({ kind: 'settled' })
  await hub.writer.record(server.id, { agentVersion: '7' })
  expect(await setSuspended(store, server.id, false)).toMatchObject({ status: 'ONLINE', agentVersion: '7' })

  await setSuspended(store, server.id, true)
  await age(store.pool, server.id, 70)
  expect(await setSuspended(store, server.id, false)).toMatchObject({
    status: 'OFFLINE',
    statusReason: 'HEARTBEAT_EXPIRED',
  })
})

test('a deleted server is unknown to agents, leaves nothing that grows, and nobody waits for it any more', async () => {
  const { hub, store, judge } = await scene()
  const server = await addServer(store, SHORT)
  await hub.writer.record(server.id, {})
  const now = 'statement_timestamp()'
  await store.pool.query(`insert into top_processes (server_id, at, processes) values ($1, ${now}, '[]')`, [server.id])
  await store.pool.query(`insert into availability_sum values ($1, ${now}, 0, 0, 0)`, [server.id])
  await deleteServer(store, server.id)
  for (const table of ['server_heartbeat', 'top_processes', 'availability_sum']) {
    expect((await store.pool.query(`select from ${table} where server_id = $1`, [server.id])).rowCount).toBe(0)
  }
  expect(await hub.writer.record(server.id, {})).toEqual({ kind: 'unknown-server' })
  expect(await judge(server.id)).toEqual({ kind: 'settled' })
  await expect(deleteServer(store, server.id)).rejects.toMatchObject({ code: 'SERVER_NOT_FOUND' })
})

test('a server that died while no hub ran is found at the start', async () => {
  const database = await freshDatabase()
  const before = await openHub(database)
  const server = await addServer(before.store, SHORT)
  await before.writer.record(server.id, {})
  await before.close()

  const after = await openHub(database)
  await age(after.store.pool, server.id, 10)
  const feed = await listenTo(after)
  await after.watch()
  expect((await feed.take(1))[0]).toMatchObject({ to: 'OFFLINE', reason: 'HEARTBEAT_EXPIRED' })
})

/** Waits until some statement waits for a lock. */
async function waitForLock(pool: { query(text: string): Promise<{ rows: unknown[] }> }): Promise<void> {
  await vi.waitFor(
    async () => {
      const { rows } = await pool.query(
        `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
      )
      expect(rows).not.toEqual([])
    },
    { interval: 5, timeout: 25_000 },
  )
}

test('a deadline after the moment up to which everything was heard is looked at again', async () => {
  const { store, hub, server } = await heardOnce()
  await age(store.pool, server.id, 3)
  const judgedAsOf = async (heardMsAgo: number) =>
    (
      await judgeExpiry(hub.store, [server.id], {
        hereAtMs: performance.now() - heardMsAgo,
        byOthers: () => Promise.resolve(Infinity),
      })
    ).get(server.id)
  expect(await judgedAsOf(60_000)).toEqual({ kind: 'busy' })
  expect(await judgedAsOf(0)).toEqual({ kind: 'settled' })
})

async function heardOnce() {
  const hub = await openHub(await freshDatabase())
  const server = await addServer(hub.store, { offlineAfterSeconds: 2 })
  await hub.writer.record(server.id, {})
  return { hub, store: hub.store, server }
}

test('however much is asked of the hub, deaths are found and told, and agents known', async () => {
  const { hub, store } = await scene()
  await hub.watch()
  const feed = await listenTo(hub)
  const tokenHash = randomBytes(32)
  const server = await addServer(store, { ...SHORT, tokenHash })
  const all = store.pool.options.max
  let waiting = all
  const slow = Array.from({ length: all }, () => store.pool.query('select pg_sleep(14)'))
  for (const query of slow) query.catch(() => undefined).finally(() => (waiting -= 1))

  await hub.writer.record(server.id, {})
  expect(await findByTokenHash(store, tokenHash)).toEqual({ kind: 'agent', serverId: server.id })
  expect(await feed.take(2)).toMatchObject([{ to: 'ONLINE' }, { to: 'OFFLINE' }])
  expect(waiting).toBe(all)
  while (waiting > 0) {
    await store.watch.query(`select pg_cancel_backend(pid) from pg_stat_activity where query = 'select pg_sleep(14)'`)
  }
})
