import { expect, test } from 'vitest'
import { graphqlScene, type Scene } from './graphql-scene.ts'

test('a bad heartbeat among good ones costs its neighbours nothing', async () => {
  const { createServer, data, log } = await graphqlScene()
  const good = [await createServer('a'), await createServer('b')]
  const input = [
    { serverId: good[0]?.id, agentVersion: '1' },
    { serverId: '2147483648' },
    { serverId: '999' },
    { serverId: good[0]?.id, agentVersion: 'x\0' },
    { serverId: good[0]?.id, bootId: 'x'.repeat(65) },
    { serverId: good[1]?.id, agentStartedAt: '2026-01-01T00:00:00Z' },
  ]
  const { recordHeartbeats } = await data(
    'mutation ($input: [HeartbeatInput!]!) { recordHeartbeats(input: $input) { serverId errorCode receipt { server { name status } } } }',
    { input },
  )
  expect(
    recordHeartbeats.map((result: { errorCode: string; receipt: object }) => result.errorCode ?? result.receipt),
  ).toEqual([
    { server: { name: 'a', status: 'ONLINE' } },
    'BAD_USER_INPUT',
    'SERVER_NOT_FOUND',
    'BAD_USER_INPUT',
    'BAD_USER_INPUT',
    { server: { name: 'b', status: 'ONLINE' } },
  ])
  expect(recordHeartbeats.map((result: { serverId: string }) => result.serverId)).toEqual(
    input.map(({ serverId }) => serverId),
  )
  expect(log.mock.calls).toEqual([])
})

test('an agent that sends for others has only its own receipt', async () => {
  const { createServer, data } = await graphqlScene()
  const mine = await createServer('mine')
  const theirs = await createServer('theirs')
  const { recordHeartbeats } = await data(
    'mutation ($input: [HeartbeatInput!]!) { recordHeartbeats(input: $input) { errorCode receipt { server { name } } } }',
    { input: [{ serverId: mine.id }, { serverId: theirs.id }, { serverId: '999' }] },
    mine.token,
  )
  expect(recordHeartbeats).toEqual([
    { errorCode: null, receipt: { server: { name: 'mine' } } },
    { errorCode: 'FORBIDDEN', receipt: null },
    { errorCode: 'FORBIDDEN', receipt: null },
  ])
})

test('a relay may send a thousand heartbeats, as variables or written out', async () => {
  const { hub, data } = await graphqlScene()
  const ids = await addServers(hub, 1_000)
  const { recordHeartbeats } = await data(
    'mutation ($input: [HeartbeatInput!]!) { recordHeartbeats(input: $input) { errorCode receipt { receivedAt server { id name status } } } }',
    {
      input: ids.map((serverId) => ({
        serverId,
        agentVersion: '1.0.0',
        bootId: 'b',
        agentStartedAt: '2026-01-01T00:00:00Z',
      })),
    },
  )
  expect(recordHeartbeats.filter((result: { errorCode: unknown }) => result.errorCode !== null)).toEqual([])
  const written = ids.map(
    (id) => `{ serverId: "${id}", agentVersion: "1.0.0", bootId: "b", agentStartedAt: "2026-01-01T00:00:00Z" }`,
  )
  expect(
    (await data(`mutation { recordHeartbeats(input: [${written}]) { errorCode } }`)).recordHeartbeats,
  ).toHaveLength(1_000)
})

/** Many servers at once. */
async function addServers(hub: Scene['hub'], count: number): Promise<string[]> {
  const { rows } = await hub.store.pool.query<{ id: number }>(
    `with made as (insert into server (name, agent_token_hash) select 'many ' || n, decode(md5(n::text), 'hex') from generate_series(1, $1) n returning id),
     beats as (insert into server_heartbeat (server_id) select id from made) select id from made order by id`,
    [count],
  )
  return rows.map(({ id }) => String(id))
}
