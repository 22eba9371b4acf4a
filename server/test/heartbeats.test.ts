import { expect, test, vi } from 'vitest'
import { ms } from '../src/store/instant.ts'
import { readLastHeartbeats } from '../src/store/last-heartbeats.ts'
import { readNow } from '../src/store/server-row.ts'
import type { Store } from '../src/store/store.ts'
import { inTransaction } from '../src/store/transaction.ts'
import { writeHeartbeats } from '../src/store/write-heartbeats.ts'
import { addServer, age, freshDatabase, openHub } from './support/hub-scene.ts'

async function scene(servers = 1) {
  const hub = await openHub(await freshDatabase())
  const ids: number[] = []
  for (let i = 0; i < servers; i++) ids.push((await addServer(hub.store)).id)
  return { hub, store: hub.store, ids, id: ids[0] as number }
}

test('a heartbeat counts from when it arrived, however long it waited', async () => {
  const { store, id } = await scene()
  const before = await readNow(store)
  const received = await writeHeartbeats(store, [{ serverId: id, arrivedAtMs: performance.now() - 4_000 }])
  const arrivedAt = (received.get(id)?.receivedAt ?? 0) + 4_000
  expect(arrivedAt).toBeGreaterThan(before - 1)
  expect(arrivedAt).toBeLessThan((await readNow(store)) + 1)
})

test('a heartbeat never moves time backwards, and its server is not unknown for it', async () => {
  const { store, id } = await scene()
  const first = await writeHeartbeats(store, [{ serverId: id, arrivedAtMs: performance.now() }])
  const late = await writeHeartbeats(store, [{ serverId: id, arrivedAtMs: performance.now() - 3_000 }])
  expect(late.get(id)?.receivedAt).toBe(first.get(id)?.receivedAt)
})

test('a process clock that is wrong cannot date a heartbeat into the future', async () => {
  const { store, id } = await scene()
  const received = await writeHeartbeats(store, [{ serverId: id, arrivedAtMs: performance.now() + 60_000 }])
  const { rows } = await store.pool.query('select extract(epoch from clock_timestamp()) * 1000 as now')
  expect(received.get(id)?.receivedAt).toBeLessThanOrEqual(Number(rows[0].now))
})

test('what an agent says of itself is kept, and silence about it changes nothing', async () => {
  const { hub, store, id } = await scene()
  await hub.writer.record(id, { agentVersion: '1.2.3', bootId: 'boot', agentStartedAt: 1_795_000_000_123 })
  await hub.writer.record(id, {})
  const { rows } = await store.pool.query(
    `select agent_version, boot_id, extract(epoch from agent_started_at) * 1000 as started from server_heartbeat`,
  )
  expect(rows).toEqual([{ agent_version: '1.2.3', boot_id: 'boot', started: '1795000000123.000000' }])
})

test('a bad entry costs its neighbours nothing', async () => {
  const { hub, ids } = await scene(5)
  const bad = ids[2]
  const all = ids.map((id) => hub.writer.record(id, id === bad ? { agentVersion: 'nul\0' } : {}))
  const outcomes = await Promise.allSettled(all)
  expect(outcomes.map((outcome) => outcome.status)).toEqual([
    'fulfilled',
    'fulfilled',
    'rejected',
    'fulfilled',
    'fulfilled',
  ])
})

test('a batch of servers that are well is one statement, so that a hub that is frozen in the middle leaves nothing open', async () => {
  const { store, ids } = await scene(3)
  const beats = () =>
    writeHeartbeats(
      store,
      ids.map((serverId) => ({ serverId, arrivedAtMs: performance.now() })),
    )
  await beats() // brings them back, and the next one is ready to
  await beats()
  const client = await store.writer.connect()
  const query = vi.spyOn(client, 'query')
  client.release()
  expect((await beats()).size).toBe(3)
  expect(query).toHaveBeenCalledOnce()
})

test('a batch says when each server was heard before, at any hub', async () => {
  const { hub, store, id } = await scene()
  const first = await writeHeartbeats(store, [{ serverId: id, arrivedAtMs: performance.now() }])
  await hub.writer.record(id, {})
  const third = await writeHeartbeats(store, [{ serverId: id, arrivedAtMs: performance.now() }])
  const { rows } = await store.pool.query(
    `select ${ms('previous_heartbeat_at')} as previous, ${ms('last_heartbeat_at')} as last from server_heartbeat`,
  )
  expect(first.get(id)?.previousAt).toBeNull()
  expect(third.get(id)).toEqual({ previousAt: rows[0].previous, receivedAt: rows[0].last })
  expect(rows[0].previous).toBeGreaterThan(first.get(id)?.receivedAt ?? Infinity)
})

test('the rows are locked in ascending id: a nested loop that the sorted input drives, whatever the sizes', async () => {
  const { store } = await scene(3)
  for (const fill of [0, 20_000]) {
    await store.pool.query(
      `with made as (insert into server (name, agent_token_hash) select 'bulk-' || n, decode(md5(n::text), 'hex')
         from generate_series(1, $1::int) n returning id)
       insert into server_heartbeat (server_id) select id from made`,
      [fill],
    )
    await store.pool.query('analyze server_heartbeat')
    for (const mode of ['force_generic_plan', 'force_custom_plan']) {
      expect(await planOfTheUpdate(store, mode)).toMatch(
        /Nested Loop[\s\S]*Sort[\s\S]*Sort Key: b_1\.id[\s\S]*Function Scan on b_1[\s\S]*Index Scan using server_heartbeat_pkey/,
      )
    }
  }
})

/** How PostgreSQL would run the update inside the function, with the settings that the function brings along. */
async function planOfTheUpdate(store: Store, planCacheMode: string): Promise<string> {
  return inTransaction(store.pool, async (tx) => {
    const { rows } = await tx.query(
      `select prosrc as body, proconfig as settings from pg_proc where proname = 'write_heartbeats'`,
    )
    const [{ body, settings }] = rows as [{ body: string; settings: string[] }]
    const update = /update server_heartbeat h[\s\S]*?returning[^)]*/.exec(body)?.[0]
    for (const setting of settings) await tx.query(`set local ${setting.replace('=', ' = ')}`)
    await tx.query(`set local plan_cache_mode = ${planCacheMode}`)
    await tx.query(`prepare beats (int[], float8[], text[], text[], float8[]) as ${update}`)
    const plan = await tx.query(`explain execute beats ('{3,1,2}', '{0,0,0}', null, null, null)`)
    await tx.query('deallocate beats')
    return plan.rows.map((row) => row['QUERY PLAN']).join('\n')
  })
}

test('no session compiles its statements: pinned plans look so costly that each would take most of a second', async () => {
  const { store } = await scene(0)
  for (const pool of [store.pool, store.writer]) {
    expect((await pool.query('show jit')).rows).toEqual([{ jit: 'off' }])
  }
})

test('two hubs that write the same servers at once do not deadlock', async () => {
  const database = await freshDatabase()
  const [a, b] = [await openHub(database), await openHub(database)]
  const ids: number[] = []
  for (let i = 0; i < 50; i++) ids.push((await addServer(a.store)).id)
  const rounds = Array.from({ length: 40 }, async (_, round) => {
    const order = round % 2 ? ids : ids.toReversed()
    await Promise.all(order.map((id) => (round % 3 ? a : b).writer.record(id, {})))
  })
  await Promise.all(rounds)
  const last = await readLastHeartbeats(a.store, ids)
  expect([...last.values()].every((at) => at !== null)).toBe(true)
})

test('updates stay heap-only', async () => {
  const { hub, store, ids } = await scene(50)
  for (let round = 0; round < 10; round++) await Promise.all(ids.map((id) => hub.writer.record(id, {})))
  await age(store.pool, ids[0] as number, 1)
  await store.writer.query('select pg_stat_force_next_flush()')
  await store.writer.query('select 1')
  const { rows } = await store.pool.query(
    `select n_tup_upd as updates, n_tup_hot_upd as hot from pg_stat_user_tables where relname = 'server_heartbeat'`,
  )
  // An index on the time would make it 0. (The first updates fill the pages that later ones find room in.)
  expect(rows[0].hot / rows[0].updates).toBeGreaterThan(0.5)
})
