import { expect, test } from 'vitest'
import { deleteServer } from '../src/store/servers.ts'
import { graphqlScene } from './graphql-scene.ts'
import { addServer, freshDatabase, openHub } from './support/hub-scene.ts'

const RHYTHM = `{ server(id: "1") { heartbeat { bootId agentStartedAt rhythm {
  since intervalSeconds missedSlots nearMisses retries reboots agentRestarts sharedTokenAt clockSkewSeconds
  recentBeats { at gapSeconds retries nearMiss }
} } } }`

async function rowsOf(hub: Awaited<ReturnType<typeof openHub>>) {
  const { rows } = await hub.store.pool.query(
    'select server_id as id, octet_length(recent) as bytes from heartbeat_rhythm order by server_id',
  )
  return rows
}

test('a server’s rhythm is told from memory, and the same from the database', async () => {
  const { hub, data, createServer, tokens } = await graphqlScene()
  const { id, token } = await createServer('web-1', { offlineAfterSeconds: 60 })
  const sentAt = new Date(Date.now() + 3_600_000).toISOString()
  const beat =
    'mutation ($id: ID!, $boot: String, $sentAt: DateTime) { recordHeartbeat(serverId: $id, bootId: $boot, agentStartedAt: "2026-01-01T00:00:00Z", retries: 2, sentAt: $sentAt) { receivedAt } }'
  for (const boot of ['one', 'one', 'two']) await data(beat, { id, boot, sentAt }, token)

  const inMemory = (await data(RHYTHM, {}, tokens.read)).server.heartbeat
  expect(inMemory).toMatchObject({
    bootId: 'two',
    agentStartedAt: '2026-01-01T00:00:00.000Z',
    rhythm: { since: expect.any(String), retries: 6, reboots: 1, agentRestarts: 0, nearMisses: 0, sharedTokenAt: null },
  })
  expect(inMemory.rhythm.clockSkewSeconds).toBeCloseTo(3_600, -2)
  const beats = inMemory.rhythm.recentBeats
  expect(beats.map((each: { gapSeconds: number | null }) => each.gapSeconds === null)).toEqual([true, false, false])

  await hub.rhythm.flush()
  expect(await rowsOf(hub)).toHaveLength(1)
  const stored = (await data(RHYTHM, {}, tokens.read)).server.heartbeat
  expect({ ...stored.rhythm, recentBeats: [] }).toMatchObject({ ...inMemory.rhythm, recentBeats: [] })
  expect(stored.rhythm.recentBeats).toHaveLength(3)
  expect(stored.rhythm.recentBeats.at(-1).at).toBe(beats.at(-1).at)
})

test('a server that was never heard has no figures', async () => {
  const { data, createServer } = await graphqlScene()
  await createServer('web-1')
  const { rhythm } = (await data(RHYTHM)).server.heartbeat
  expect(rhythm).toMatchObject({ since: null, intervalSeconds: null, missedSlots: 0, recentBeats: [] })
})

test('what is in memory is written when the hub stops; a deleted server leaves no row', async () => {
  const database = await freshDatabase()
  const hub = await openHub(database)
  const [stays, goes] = [await addServer(hub.store), await addServer(hub.store)]
  for (const { id } of [stays, goes]) await hub.writer.record(id, {})
  await deleteServer(hub.store, goes.id)
  await hub.close()
  const next = await openHub(database)
  expect(await rowsOf(next)).toEqual([{ id: stays.id, bytes: 3 }])
})

test('two hubs add to one row at the same time, and nothing is lost', async () => {
  const database = await freshDatabase()
  const [a, b] = [await openHub(database), await openHub(database)]
  const { id } = await addServer(a.store)
  for (let round = 0; round < 10; round++) await (round % 2 ? a : b).writer.record(id, { retries: 1 })
  await Promise.all([a.rhythm.flush(), b.rhythm.flush()])
  const { rows } = await a.store.pool.query('select hours from heartbeat_rhythm')
  // Missed slots and near misses come first in an hour, two bytes each.
  expect((rows[0].hours as Buffer).readUInt16LE(8)).toBe(10)
})
