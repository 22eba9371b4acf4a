import type pg from 'pg'
import { expect, test, vi } from 'vitest'
import type { GapCause, Instant } from '../src/core/types.ts'
import { readVerdicts } from '../src/store/facts.ts'
import { findFarewells } from '../src/store/farewells.ts'
import { ms } from '../src/store/instant.ts'
import { judgeExpiry } from '../src/store/judge-expiry.ts'
import { listObservationGaps } from '../src/store/observation-gaps.ts'
import { setSuspended } from '../src/store/servers.ts'
import { stamp } from '../src/store/stamp.ts'
import type { Store } from '../src/store/store.ts'
import { findTopProcesses } from '../src/store/top-processes.ts'
import { addServer, age, freshDatabase, historyOf, listenTo, openHub, storedStatus } from './support/hub-scene.ts'
import { observedSilence } from './support/observed-silence.ts'

const PATIENCE = { interval: 20, timeout: 25_000 }

async function scene({ offlineAfterSeconds = 2 } = {}) {
  const hub = await openHub(await freshDatabase())
  const server = await addServer(hub.store, { offlineAfterSeconds })
  await hub.writer.record(server.id, {})
  return { hub, store: hub.store, server }
}

/** Makes it look as if the newest stamp of any hub were this old; one in the future does not grow too old while we judge. */
async function ageStamp(store: Store, seconds: number): Promise<void> {
  await store.pool.query(`update observation_stamp set stamped_at = clock_timestamp() - $1::float8 * interval '1 s'`, [
    seconds,
  ])
}

function stampAs(
  store: Store,
  cause: GapCause = 'HUB_DOWN',
  backlogMs: number | null = null,
  heardUntil: Instant = Date.now(),
) {
  const figures = { name: 'a', version: '1', leads: false, backlogMs, heartbeatsPerSecond: 0, feedLagMs: null }
  return stamp(store, { figures, heardUntil, causeOf: () => cause })
}

test('while the newest stamp is more than a second old, nobody is judged', async () => {
  const { store, server } = await scene()
  await age(store.pool, server.id, 10)
  await ageStamp(store, 1.2)
  expect((await judgeExpiry(store, [server.id])).get(server.id)).toEqual({ kind: 'blind' })
  expect((await storedStatus(store, server.id)).status).toBe('ONLINE')
})

test.each([
  ['the newest stamp has grown too old', (store: Store) => ageStamp(store, 1.2)],
  [
    'a hole was found',
    async (store: Store) => {
      await ageStamp(store, 1.2)
      await stampAs(store)
    },
  ],
])('nobody is made OFFLINE where %s since the facts were read', async (_what, happen) => {
  const { store, server } = await scene()
  await age(store.pool, server.id, 10)
  await ageStamp(store, 0)
  const slow = before(store, 'write-changes', () => happen(store))
  expect((await judgeExpiry(slow, [server.id])).get(server.id)?.kind).toMatch(/busy|blind/)
  expect((await storedStatus(store, server.id)).status).toBe('ONLINE')
})

/** The store of a hub that stands still before it sends this statement of its judgements, until something has happened. */
function before(store: Store, statement: string, happen: () => Promise<void>): Store {
  const connect = async () => {
    const client = await store.watch.connect()
    const query = async (config: pg.QueryConfig) => {
      if (config.name === statement) await happen()
      return client.query(config)
    }
    return Object.assign(Object.create(client), { query })
  }
  const watch = { connect, query: store.watch.query.bind(store.watch) }
  return Object.assign(Object.create(store), { watch })
}

test('the next stamp records the hole as a gap, and the hole is not held against a server', async () => {
  const { store, server } = await scene({ offlineAfterSeconds: 20 })
  await age(store.pool, server.id, 30)
  await ageStamp(store, 29)
  const { gap } = await stampAs(store)
  expect(gap?.cause).toBe('HUB_DOWN')
  expect(await listObservationGaps(store, null, null)).toEqual([{ id: 1, ...gap }])
  await ageStamp(store, -60)
  expect((await judgeExpiry(store, [server.id])).get(server.id)).toMatchObject({ kind: 'fresh' })
})

test('holes up to a second are no gaps', async () => {
  const { store } = await scene()
  await stampAs(store)
  // Again where this machine made it longer.
  await vi.waitFor(async () => {
    await ageStamp(store, 0.9)
    expect((await stampAs(store)).gap).toBeNull()
  }, PATIENCE)
})

test('a change by hand during blindness does not judge the silence either', async () => {
  const { store, server } = await scene()
  await ageStamp(store, 9)
  await age(store.pool, server.id, 10)
  await setSuspended(store, server.id, true)
  expect(await setSuspended(store, server.id, false)).toMatchObject({ status: 'ONLINE' })
  expect((await readVerdicts(store, [server.id])).get(server.id)).toMatchObject({ status: 'ONLINE' })
})

test('a restart makes no false OFFLINE; who died inside the gap is told when the observed silence is full, with the gap', async () => {
  const { hub, store, server } = await scene()
  await ageStamp(store, 30)
  await age(store.pool, server.id, 31)
  const feed = await listenTo(hub)
  await hub.watch() // the first stamp records the gap of 30 s; 1 s of silence was observed, 1 s is left

  const [event] = await feed.take(1)
  const gaps = await listObservationGaps(store, null, null)
  expect(gaps[0]).toMatchObject({ cause: 'HUB_DOWN' })
  expect(event).toMatchObject({ to: 'OFFLINE', reason: 'HEARTBEAT_EXPIRED', gap: { id: expect.any(Number) } })
  expect(observedSilence(event, gaps)).toBeCloseTo(2_000, 1)
  expect(await historyOf(store, server.id)).toEqual([
    'OFFLINE/NEVER_SEEN>ONLINE/HEALTHY',
    'ONLINE/HEALTHY>OFFLINE/HEARTBEAT_EXPIRED',
  ])
})

test('healthy servers are not told OFFLINE after a restart', async () => {
  const { hub, store, server } = await scene({ offlineAfterSeconds: 20 })
  await ageStamp(store, 30)
  await age(store.pool, server.id, 31)
  await hub.watch()
  const judged = async () => (await judgeExpiry(store, [server.id])).get(server.id)?.kind
  await vi.waitFor(async () => expect(await judged()).toBe('fresh'), PATIENCE)
  await hub.writer.record(server.id, {})
  expect(await historyOf(store, server.id)).toEqual(['OFFLINE/NEVER_SEEN>ONLINE/HEALTHY'])
})

test('a clock that was set back leaves no heartbeat, gap or status in the future, and is recorded', async () => {
  const { store, server } = await scene()
  await age(store.pool, server.id, -3_600)
  await store.pool.query(`update server set status_since = clock_timestamp() + interval '1 hour' where id = $1`, [
    server.id,
  ])
  await ageStamp(store, -3_600)
  const { now, gap } = await stampAs(store)
  expect(gap).toEqual({ from: now, until: now, cause: 'CLOCK_STEP' })
  const verdict = (await readVerdicts(store, [server.id])).get(server.id)
  expect(verdict?.lastHeartbeatAt).toBeLessThanOrEqual(now)
  expect((await storedStatus(store, server.id)).since).toBeLessThanOrEqual(now)
})

test('a clock that was set back leaves no goodbye and no list of processes in the future', async () => {
  const { store, server } = await scene()
  const inAnHour = `clock_timestamp() + interval '1 hour'`
  await store.pool.query(`insert into farewell (server_id, reason, at) values ($1, 'STOPPED', ${inAnHour})`, [
    server.id,
  ])
  await store.pool.query(`insert into top_processes (server_id, at, processes) values ($1, ${inAnHour}, '[]')`, [
    server.id,
  ])
  await ageStamp(store, -3_600)
  const { now } = await stampAs(store)
  expect(await findFarewells(store, [server.id])).toEqual(new Map())
  expect((await findTopProcesses(store, [server.id])).get(server.id)?.at).toBe(now)
})

test('after a clock was set back, no hub counts as having heard what may still wait there', async () => {
  const { store } = await scene()
  await store.pool.query(
    `insert into hub_observation (hub_id, stamped_at, heard_until, writer_pid)
     select gen_random_uuid(), now + interval '3 s', now + interval '3 s', pg_backend_pid() from clock_timestamp() as now`,
  )
  await ageStamp(store, -3)
  const { now } = await stampAs(store, 'HUB_DOWN', null, Date.now() + 3_000)
  const { rows } = await store.pool.query(`select ${ms('heard_until')} as until from hub_observation`)
  expect(rows).toHaveLength(2)
  for (const { until } of rows) expect(until).toBeCloseTo(now - 5_000, 1)
})

test('a clock that was set back is no reason to wait for a hub that is gone', async () => {
  const { store, server } = await scene()
  await store.pool.query(
    `insert into hub_observation (hub_id, stamped_at, backlog_since)
     values (gen_random_uuid(), clock_timestamp() + interval '1 hour', clock_timestamp() + interval '1 hour')`,
  )
  await ageStamp(store, -3_600)
  await stampAs(store)
  await store.pool.query(`update hub_observation set stamped_at = stamped_at - interval '2 s'`)
  await age(store.pool, server.id, 10)
  await ageStamp(store, -60)
  expect((await judgeExpiry(store, [server.id])).get(server.id)).toEqual({ kind: 'settled' })
})

test('after a clock was set back, the queue is worked out again at once', async () => {
  const { hub, store, server } = await scene()
  await age(store.pool, server.id, -3_600)
  await hub.watch()
  await vi.waitFor(() => expect(hub.monitor.watched).toBe(1), PATIENCE)
  const feed = await listenTo(hub)

  await ageStamp(store, -3_600)
  const since = performance.now()
  expect((await feed.take(1))[0]).toMatchObject({ to: 'OFFLINE', reason: 'HEARTBEAT_EXPIRED' })
  expect(performance.now() - since).toBeLessThan(20_000) // all deadlines are read again every thirty seconds
})

test('a database that takes too long is told apart from a hub that was paused', async () => {
  const { hub, store } = await scene()
  await hub.watch()
  await store.pool.query(
    'begin; select 1 from observation_stamp for update; select pg_sleep(3); commit', // longer than a hole may be
  )
  // Where this machine was too busy for us as well, that is a pause of ours beside it.
  const causes = async () => (await listObservationGaps(store, null, null)).map((gap) => gap.cause)
  await vi.waitFor(async () => expect(await causes()).toContain('DATABASE_UNREACHABLE'), PATIENCE)
})

test('hubs that stamp at the same time wait for one another and stamp in time', async () => {
  const database = await freshDatabase()
  const stores = await Promise.all(Array.from({ length: 4 }, async () => (await openHub(database)).store))
  await Promise.all(
    stores.map(async (store) => {
      let last = 0
      for (let round = 0; round < 50; round++) {
        const { now } = await stampAs(store)
        expect(now).toBeGreaterThan(last)
        last = now
      }
    }),
  )
  const { rows } = await (stores[0] as Store).pool.query('select count(*)::int as hubs from hub_observation')
  expect(rows).toEqual([{ hubs: 4 }])
})

test('a heartbeat that waited for longer than others wait for it is refused', async () => {
  const { hub, store, server } = await scene()
  const before = (await readVerdicts(store, [server.id])).get(server.id)?.lastHeartbeatAt
  await expect(hub.writer.record(server.id, {}, performance.now() - 5_500)).rejects.toMatchObject({
    code: 'UNAVAILABLE',
  })
  expect((await readVerdicts(store, [server.id])).get(server.id)?.lastHeartbeatAt).toBe(before)
})
