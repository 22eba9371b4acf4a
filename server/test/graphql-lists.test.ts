import { expect, test } from 'vitest'
import { countStatements, graphqlScene } from './graphql-scene.ts'

test('lists are paged forwards, and events backwards too', async () => {
  const { createServer, data } = await graphqlScene()
  for (const name of ['a', 'b', 'c']) await createServer(name)
  const page =
    'query ($after: String) { servers(orderBy: NAME, first: 2, after: $after) { totalCount nodes { name } pageInfo { hasNextPage hasPreviousPage endCursor } } }'
  const { servers: one } = await data(page)
  expect(one).toMatchObject({
    totalCount: 3,
    nodes: [{ name: 'a' }, { name: 'b' }],
    pageInfo: { hasNextPage: true, hasPreviousPage: false },
  })
  const { servers: two } = await data(page, { after: one.pageInfo.endCursor })
  expect(two).toMatchObject({ nodes: [{ name: 'c' }], pageInfo: { hasNextPage: false, hasPreviousPage: true } })

  for (const id of [1, 2, 3]) await data(`mutation { suspendServer(id: ${id}) { id } }`)
  const back =
    'query ($before: String) { statusEvents(last: 2, before: $before) { nodes { server { name } } pageInfo { hasPreviousPage startCursor } } }'
  const { statusEvents: newest } = await data(back)
  expect(newest.nodes).toEqual([{ server: { name: 'b' } }, { server: { name: 'c' } }])
  const { statusEvents: older } = await data(back, { before: newest.pageInfo.startCursor })
  expect(older).toMatchObject({ nodes: [{ server: { name: 'a' } }], pageInfo: { hasPreviousPage: false } })
})

test.each([
  [
    'fleet',
    '{ fleet { servers { name heartbeat { lastHeartbeatAt } statusExplanation { rule } activeAlerts { id server { name } } activeAnomalies { id server { name } } } } }',
  ],
  [
    'servers',
    '{ servers(first: 100) { nodes { name statusExplanation { rule } activeAlerts { id } activeAnomalies { id } } } }',
  ],
  [
    'statusEvents',
    '{ statusEvents(first: 100) { nodes { cursor server { name statusExplanation { rule } activeAlerts { id } } gap { id } } } }',
  ],
  ['alerts', '{ alerts(first: 100) { nodes { id server { name statusExplanation { rule } } } } }'],
  ['anomalies', '{ anomalies(first: 100) { nodes { id server { name activeAnomalies { server { id } } } } } }'],
])('%s costs as many statements for twenty rows as for one', async (_, query) => {
  const { createServer, data } = await graphqlScene()
  const add = async (name: string) => {
    const { id } = await createServer(name)
    await data(
      'mutation ($id: ID!) { suspendServer(id: $id) { id } raiseAlert(input: { serverId: $id, key: "k", severity: INFO, message: "m" }) { id } raiseAnomaly(input: { serverId: $id, metric: "cpu", message: "m", score: 1 }) { id } }',
      { id },
    )
  }
  await add('one')
  const ofOne = await countStatements(() => data(query))
  for (let i = 0; i < 19; i++) await add(`more ${i}`)
  expect(await countStatements(() => data(query))).toBe(ofOne)
  expect(ofOne).toBeLessThan(15)
})

test('the server list costs as many statements at a thousand servers as at fifty', async () => {
  const { hub, data } = await graphqlScene()
  const list = `{ servers(first: 1000, orderBy: STATUS) { totalCount nodes { name status heartbeat { lastHeartbeatAt }
    activeAlerts { message } activeAnomalies { message } latestMetrics { cpuPercent }
    availability(from: "2026-01-01T00:00:00Z") { percent } } } }`
  const statementsWith = async (servers: number) => {
    await hub.store.pool.query(
      `with made as (insert into server (name, agent_token_hash)
         select 'bulk-' || n, sha256(n::text::bytea)
         from generate_series((select count(*) from server) + 1, $1::int) n returning id)
       insert into server_heartbeat (server_id) select id from made`,
      [servers],
    )
    expect((await data(list)).servers.nodes).toHaveLength(servers)
    return countStatements(() => data(list))
  }
  const atFifty = await statementsWith(50)
  expect(await statementsWith(1_000)).toBe(atFifty)
})

test('of a large fleet each server has what is active on it', async () => {
  const { hub, data, createServer } = await graphqlScene()
  await hub.store.pool.query(
    `with made as (insert into server (name, agent_token_hash)
       select 'bulk-' || n, sha256(n::text::bytea) from generate_series(1, 999) n returning id)
     insert into server_heartbeat (server_id) select id from made`,
  )
  const { id } = await createServer('the last one')
  await data(
    'mutation ($id: ID!) { raiseAlert(input: { serverId: $id, key: "k", severity: INFO, message: "full" }) { id } raiseAnomaly(input: { serverId: $id, metric: "cpu", message: "odd", score: 1 }) { id } }',
    { id },
  )
  const { fleet } = await data('{ fleet { servers { name activeAlerts { message } activeAnomalies { message } } } }')
  expect(fleet.servers).toHaveLength(1_000)
  expect(fleet.servers[500]).toEqual({ name: 'bulk-501', activeAlerts: [], activeAnomalies: [] })
  expect(fleet.servers[999]).toEqual({
    name: 'the last one',
    activeAlerts: [{ message: 'full' }],
    activeAnomalies: [{ message: 'odd' }],
  })
})

interface FieldOfType {
  readonly name: string
  readonly args: readonly unknown[]
  readonly type: { readonly ofType: { readonly kind: string } | null; readonly kind: string }
}

test('the fleet says of each server what it says of itself, asked for one field or for all', async () => {
  const { createServer, data } = await graphqlScene()
  const { id, token } = await createServer('web 1', { tags: ['eu'], description: 'front' })
  await data(
    'mutation ($id: ID!) { recordHeartbeat(serverId: $id, agentVersion: "1.2.3", bootId: "b") { receivedAt } }',
    { id },
    token,
  )
  const leavesOf = async (type: string) => {
    const { __type } = await data(
      `{ __type(name: "${type}") { fields { name args { name } type { kind ofType { kind } } } } }`,
    )
    return (__type.fields as FieldOfType[])
      .filter(({ args, type }) => args.length === 0 && /SCALAR|ENUM/.test(type.ofType?.kind ?? type.kind))
      .map(({ name }) => name)
  }
  const fields = [
    ...(await leavesOf('Server')),
    ...(await leavesOf('Heartbeat')).map((name) => `heartbeat { ${name} }`),
  ]
  expect(fields).toEqual(expect.arrayContaining(['description', 'name', 'updatedAt', 'heartbeat { agentVersion }']))
  for (const asked of [...fields, fields.join(' ')]) {
    const { fleet, server } = await data(
      `query ($id: ID!) { fleet { servers { ${asked} } } server(id: $id) { ${asked} } }`,
      { id },
    )
    expect([asked, fleet.servers]).toEqual([asked, [server]])
  }
})
