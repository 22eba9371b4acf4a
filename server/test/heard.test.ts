import { expect, test, vi } from 'vitest'
import { raiseAlert } from '../src/store/alerts.ts'
import { heardByOthers } from '../src/store/heard.ts'
import { judgeExpiry } from '../src/store/judge-expiry.ts'
import type { Store } from '../src/store/store.ts'
import { admin } from './support/global-setup.ts'
import { ask, scratchFolder, startHub } from './support/hub-process.ts'
import { addServer, age, freshDatabase, listenTo, openHub, storedStatus } from './support/hub-scene.ts'
import { urlOf } from './support/test-database.ts'

const PATIENCE = { interval: 20, timeout: 25_000 }

/** A session that lives, and one that nobody has. */
const LIVING = 'pg_backend_pid()'
const KILLED = '-1'

/** A server that has been silent for so long that its deadline was six seconds ago. */
async function scene() {
  const hub = await openHub(await freshDatabase())
  const { store } = hub
  const server = await addServer(store, { offlineAfterSeconds: 4 })
  await hub.writer.record(server.id, {})
  await age(store.pool, server.id, 10)
  const judged = async () => {
    // No hub stamps here: it must not grow too old before we have judged, however slow this machine is.
    await store.pool.query(`update observation_stamp set stamped_at = clock_timestamp() + interval '1 minute'`)
    return (await judgeExpiry(store, [server.id])).get(server.id)?.kind
  }
  return { hub, store, server, judged }
}

/** Another hub that has heard up to so many seconds ago, and stamped last at that moment or as given. */
async function otherHub(
  store: Store,
  heardAgo: number,
  { pid = LIVING, stampedAgo = heardAgo, id = '11111111-1111-1111-1111-111111111111' } = {},
): Promise<void> {
  await store.pool.query(
    `insert into hub_observation (hub_id, heard_until, stamped_at, writer_pid)
     select $3::uuid, now - $1::float8 * interval '1 s', now - $2::float8 * interval '1 s', ${pid}
     from clock_timestamp() as now
     on conflict (hub_id) do update set
       heard_until = excluded.heard_until, stamped_at = excluded.stamped_at, writer_pid = excluded.writer_pid`,
    [heardAgo, stampedAgo, id],
  )
}

async function gap(store: Store, fromAgo: number, untilAgo: number, cause: string): Promise<void> {
  await store.pool.query(
    `insert into observation_gap (from_at, until_at, cause)
     select now - $1::float8 * interval '1 s', now - $2::float8 * interval '1 s', $3 from clock_timestamp() as now`,
    [fromAgo, untilAgo, cause],
  )
}

test('nobody is judged for a deadline up to which another hub has not heard, whatever it stamps', async () => {
  const { store, server, judged } = await scene()
  await age(store.pool, server.id, 5) // its deadline was a second ago
  await otherHub(store, 4, { stampedAgo: 0 })
  expect(await judged()).toBe('unheard')
  expect((await storedStatus(store, server.id)).status).toBe('ONLINE')

  await otherHub(store, 0)
  expect(await judged()).toBe('settled')
})

test('a hub that lives is waited for however far behind it is, and after each deadline for six seconds at most', async () => {
  const { store, server, judged } = await scene()
  await otherHub(store, 60, { stampedAgo: 0 })
  await age(store.pool, server.id, 5) // its deadline was a second ago
  expect(await judged()).toBe('unheard')
  await age(store.pool, server.id, 10)
  expect(await judged()).toBe('settled')
})

test('a time in which nobody could hear is no part of the six seconds', async () => {
  const { store, server, judged } = await scene()
  await otherHub(store, 60, { stampedAgo: 0 })
  await age(store.pool, server.id, 5 + 30)
  await gap(store, 30.5, 0.5, 'PAUSED') // its deadline was half a second before
  expect(await judged()).toBe('unheard')
})

test('a hub that hangs holds nobody up for more than twelve seconds after its last sign of life', async () => {
  const { store, server, judged } = await scene()
  await age(store.pool, server.id, 5)
  await otherHub(store, 7)
  expect(await judged()).toBe('unheard')
  await otherHub(store, 12)
  expect(await judged()).toBe('settled')
})

test('a hub that was killed is waited for by nobody, as soon as it might have come back', async () => {
  const { store, server, judged } = await scene()
  await age(store.pool, server.id, 5)
  await otherHub(store, 3, { pid: KILLED, stampedAgo: -30 }) // within the second, however slow this machine is
  expect(await judged()).toBe('unheard')
  await otherHub(store, 3, { pid: KILLED, stampedAgo: 1 })
  expect(await judged()).toBe('settled')
})

test('a hub whose writer lost its session lives on', async () => {
  const { hub, store, server, judged } = await scene()
  const other = await openHub({ connection: hub.store.connection, drop: async () => undefined })
  await age(store.pool, server.id, 5)
  await otherHub(store, 3, { pid: KILLED, id: other.store.hubId })
  expect(await judged()).toBe('unheard')
  await other.close()
  await vi.waitFor(async () => expect(await judged()).toBe('settled'), PATIENCE)
})

test('after an outage of the database, when all sessions are gone, each hub is waited for until it is back', async () => {
  const { store, server, judged } = await scene()
  await age(store.pool, server.id, 100)
  await gap(store, 30, 1, 'DATABASE_UNREACHABLE')
  await otherHub(store, 31, { pid: KILLED })
  await age(store.pool, server.id, 34) // five seconds of silence were observed: its deadline has passed
  expect(await judged()).toBe('unheard')
  await otherHub(store, 41, { pid: KILLED })
  expect(await judged()).toBe('settled')
})

test('that no hub ran is no reason to wait for one that was killed', async () => {
  const { store, server, judged } = await scene()
  await age(store.pool, server.id, 34)
  await gap(store, 30, 1, 'HUB_DOWN')
  await otherHub(store, 31, { pid: KILLED })
  expect(await judged()).toBe('settled')
})

test('a hub of the version before is believed for its stamps, and for what it says of waiting heartbeats', async () => {
  const { store } = await scene()
  await otherHub(store, 0)
  await store.pool.query('update hub_observation set heard_until = null')
  const until = await heardByOthers(store)
  await store.pool.query(`update hub_observation set backlog_since = stamped_at - interval '2 s'`)
  expect(until - (await heardByOthers(store))).toBeCloseTo(2_000, 2)
})

test('whoever raises an alert does not judge silence: another hub may have heard', async () => {
  const { store, server, judged } = await scene()
  const alert = { key: 'disk', severity: 'WARNING', message: 'full', value: null, threshold: null, by: 'me' } as const
  await raiseAlert(store, { ...alert, serverId: server.id })
  expect((await storedStatus(store, server.id)).status).toBe('WARNING')
  expect(await judged()).toBe('settled')
  expect((await storedStatus(store, server.id)).status).toBe('OFFLINE')
})

test('hubs ask one another: a death is told although every hub has heard only up to some time before', async () => {
  const database = await freshDatabase()
  const hubs = [await openHub(database), await openHub(database), await openHub(database)]
  for (const hub of hubs) await hub.watch()
  const [first] = hubs as [(typeof hubs)[0]]
  const feed = await listenTo(first)
  const server = await addServer(first.store, { offlineAfterSeconds: 2 })
  await first.writer.record(server.id, {})
  const [, event] = await feed.take(2)
  expect(event).toMatchObject({ to: 'OFFLINE', reason: 'HEARTBEAT_EXPIRED' })
  const { rows } = await first.store.pool.query(
    'select count(*)::int as heard from hub_observation where heard_until > $1::timestamptz and not leads',
    [new Date(event?.at ?? 0)],
  )
  expect(rows).toEqual([{ heard: 2 }])
})

/** A hub that leads, another one as a program of its own, and a server with a limit of four seconds that beats there. */
async function leaderAndOther() {
  const database = await freshDatabase()
  const leader = await openHub(database)
  await leader.watch()
  const other = await startHub({ DATABASE_URL: urlOf(database), STACKSENSE_DATA_DIR: scratchFolder() })
  const newServer = async (name: string) => {
    const { createServer } = await ask<{ createServer: { server: { id: string }; agentToken: string } }>(
      other,
      'mutation ($name: String!) { createServer(input: { name: $name, offlineAfterSeconds: 4 }) { server { id } agentToken } }',
      { name },
    )
    const { server, agentToken } = createServer
    const headers = { authorization: `Bearer ${agentToken}` }
    const beat = () => fetch(`${other.url}/api/heartbeat/${server.id}/`, { method: 'POST', headers })
    return { id: Number(server.id), beat }
  }
  const server = await newServer('web-1')
  expect((await server.beat()).status).toBe(200)
  await vi.waitFor(() => expect([leader.monitor.leads, leader.monitor.watched]).toEqual([true, 1]), PATIENCE)
  /** Its deadline passes a moment from now, and is seen to. */
  const fallDue = async () => {
    await age(leader.store.pool, server.id, 3.99)
    leader.monitor.reload()
    await vi.waitFor(async () => expect(await passedBy(leader.store, server.id)).toBeGreaterThan(600), PATIENCE)
  }
  return { database, store: leader.store, other, server, newServer, fallDue }
}

test('a heartbeat that came in time, to a hub that stands still, makes nobody OFFLINE', async () => {
  const { store, other, server, fallDue } = await leaderAndOther()
  other.process.kill('SIGSTOP')
  const answered = server.beat() // lies in the socket of a process that does not run
  await new Promise((resolve) => setTimeout(resolve, 100))
  await fallDue()
  other.process.kill('SIGCONT')

  await expectNoDeathBefore(store, await answered)
}, 60_000)

test('nor does one that came to a hub that was far behind already, and then stands still', async () => {
  const { database, store, other, server, newServer, fallDue } = await leaderAndOther()
  const stuck = await newServer('web-2')
  await admin(database.connection, async (client) => {
    // Its writer waits for this row, and everything behind it.
    await client.query('begin')
    await client.query('select 1 from server_heartbeat where server_id = $1 for update', [stuck.id])
    const refused = stuck.beat()
    await expect.poll(() => heardAgo(store), PATIENCE).toBeGreaterThan(4_500)
    const answered = server.beat()
    await new Promise((resolve) => setTimeout(resolve, 100))
    other.process.kill('SIGSTOP')
    await fallDue()
    await expect.poll(() => heardAgo(store), PATIENCE).toBeGreaterThan(6_500)
    other.process.kill('SIGCONT')
    expect((await refused).status).toBe(503)
    await expectNoDeathBefore(store, await answered)
  })
}, 60_000)

/** Nobody has died but of the silence of four seconds after this answered heartbeat: of that one may, where this machine is slow. */
async function expectNoDeathBefore(store: Store, heartbeat: Response): Promise<void> {
  expect(heartbeat.status).toBe(200)
  const { timestamp } = (await heartbeat.json()) as { timestamp: string }
  const { rows } = await store.pool.query(
    `select to_status, at from status_event where to_status = 'OFFLINE' and at < $1::timestamptz + interval '4 s'`,
    [timestamp],
  )
  expect(rows).toEqual([])
}

/** How many milliseconds ago it was up to which the hub that lags most has heard. */
async function heardAgo(store: Store): Promise<number> {
  const { rows } = await store.pool.query(
    'select extract(epoch from max(clock_timestamp() - heard_until))::float8 * 1000 as ms from hub_observation',
  )
  return rows[0].ms
}

/** By how many milliseconds this server's deadline, of four seconds, has passed. */
async function passedBy(store: Store, id: number): Promise<number> {
  const { rows } = await store.pool.query(
    `select extract(epoch from clock_timestamp() - last_heartbeat_at)::float8 * 1000 - 4000 as ms
     from server_heartbeat where server_id = $1`,
    [id],
  )
  return rows[0].ms
}
