import { expect, test } from 'vitest'
import { codesOf, countStatements, graphqlScene } from './graphql-scene.ts'

test('a server is made, beats, is seen, changed and deleted; its events outlive it', async () => {
  const { createServer, data, ask } = await graphqlScene()
  const { id, token } = await createServer('web 1', { tags: ['web', 'web', ' eu '], description: ' front ' })

  const beat = await data(
    'mutation ($id: ID!) { recordHeartbeat(serverId: $id, agentVersion: "1.2.3") { server { id name status heartbeat { agentVersion } } receivedAt } }',
    { id },
    token,
  )
  expect(beat.recordHeartbeat.server).toEqual({
    id,
    name: 'web 1',
    status: 'ONLINE',
    heartbeat: { agentVersion: '1.2.3' },
  })

  const { fleet } = await data(
    '{ fleet { counts { online offline neverSeen suspended warning total } servers { id tags description statusExplanation { rule limitSeconds wouldBecome wouldBecomeReason } } } }',
  )
  expect(fleet.counts).toEqual({ online: 1, offline: 0, neverSeen: 0, suspended: 0, warning: 0, total: 1 })
  expect(fleet.servers).toEqual([
    {
      id,
      tags: ['web', 'eu'],
      description: 'front',
      statusExplanation: {
        rule: 'ALIVE',
        limitSeconds: 60,
        wouldBecome: 'OFFLINE',
        wouldBecomeReason: 'HEARTBEAT_EXPIRED',
      },
    },
  ])

  const { updateServer } = await data(
    'mutation ($id: ID!) { updateServer(id: $id, input: { name: "web one", tags: null }) { name tags offlineAfterSeconds } }',
    { id },
  )
  expect(updateServer).toEqual({ name: 'web one', tags: ['web', 'eu'], offlineAfterSeconds: 60 })
  expect(await data('mutation ($id: ID!) { suspendServer(id: $id) { status statusReason } }', { id })).toEqual({
    suspendServer: { status: 'OFFLINE', statusReason: 'SUSPENDED' },
  })
  expect(await data('mutation ($id: ID!) { resumeServer(id: $id) { status } }', { id })).toEqual({
    resumeServer: { status: 'ONLINE' },
  })

  expect(await data('mutation ($id: ID!) { deleteServer(id: $id) }', { id })).toEqual({ deleteServer: id })
  expect(await data('query ($id: ID!) { server(id: $id) { id } }', { id })).toEqual({ server: null })
  expect(codesOf(await ask('mutation ($id: ID!) { deleteServer(id: $id) }', { id }))).toEqual(['SERVER_NOT_FOUND'])

  const { statusEvents } = await data(
    '{ statusEvents { nodes { from to reason server { id name activeAlerts { id } statusExplanation { rule } } } } }',
  )
  expect(statusEvents.nodes.map((event: { to: string; reason: string }) => `${event.to}/${event.reason}`)).toEqual([
    'ONLINE/HEALTHY',
    'OFFLINE/SUSPENDED',
    'ONLINE/HEALTHY',
  ])
  expect(statusEvents.nodes[0].server).toEqual({
    id,
    name: 'web one',
    activeAlerts: [],
    statusExplanation: { rule: 'ALIVE' },
  })
})

test('alerts and anomalies are raised by whoever asks, listed newest first, and ended', async () => {
  const { createServer, data, tokens } = await graphqlScene()
  const { id, token } = await createServer('db 1')
  await data('mutation ($id: ID!) { recordHeartbeat(serverId: $id) { receivedAt } }', { id }, token)

  const raise =
    'mutation ($input: RaiseAlertInput!) { raiseAlert(input: $input) { id openedBy active severity value server { status statusReason } } }'
  const first = await data(
    raise,
    { input: { serverId: id, key: 'disk', severity: 'WARNING', message: 'full', value: 91.5 } },
    tokens.operate,
  )
  expect(first.raiseAlert).toMatchObject({
    openedBy: 'test operate',
    active: true,
    value: 91.5,
    server: { status: 'WARNING', statusReason: 'ACTIVE_ALERTS' },
  })
  const again = await data(raise, { input: { serverId: id, key: 'disk', severity: 'CRITICAL', message: 'fuller' } })
  expect(again.raiseAlert).toMatchObject({ id: first.raiseAlert.id, severity: 'CRITICAL' })

  const note = { id: first.raiseAlert.id, note: ' on it ' }
  expect(
    await data(
      'mutation ($id: ID!, $note: String) { acknowledgeAlert(id: $id, note: $note) { acknowledgeNote active } }',
      note,
    ),
  ).toEqual({ acknowledgeAlert: { acknowledgeNote: 'on it', active: true } })
  expect(await data('mutation ($id: ID!) { resolveAlert(id: $id) { resolvedBy active } }', note)).toEqual({
    resolveAlert: { resolvedBy: 'test admin', active: false },
  })

  const anomaly = await data(
    'mutation ($id: ID!) { raiseAnomaly(input: { serverId: $id, metric: "cpu", message: "odd", score: 9 }) { id server { statusReason activeAnomalies { metric } } } }',
    { id },
  )
  expect(anomaly.raiseAnomaly.server).toEqual({
    statusReason: 'ACTIVE_ANOMALIES',
    activeAnomalies: [{ metric: 'cpu' }],
  })
  await data('mutation ($id: ID!) { resolveAnomaly(id: $id, note: "fine") { resolveNote } }', {
    id: anomaly.raiseAnomaly.id,
  })
  const lists = await data('{ alerts(filter: { active: false }) { nodes { key } } anomalies { nodes { active } } }')
  expect(lists).toEqual({ alerts: { nodes: [{ key: 'disk' }] }, anomalies: { nodes: [{ active: false }] } })
})

test('a mutation sees what the one before it in the same document changed', async () => {
  const { createServer, data } = await graphqlScene()
  const { id } = await createServer('web 1')
  const answer = await data(
    'mutation ($id: ID!) { a: suspendServer(id: $id) { statusExplanation { rule } } b: resumeServer(id: $id) { statusExplanation { rule } } }',
    { id },
  )
  expect(answer).toEqual({
    a: { statusExplanation: { rule: 'SUSPENDED' } },
    b: { statusExplanation: { rule: 'NEVER_SEEN' } },
  })
})

test('a rotated token is refused at once, its successor works', async () => {
  const { createServer, data, ask } = await graphqlScene()
  const { id, token } = await createServer('web 1')
  const beat = 'mutation ($id: ID!) { recordHeartbeat(serverId: $id) { receivedAt } }'
  await data(beat, { id }, token)
  const { rotateAgentToken } = await data('mutation ($id: ID!) { rotateAgentToken(id: $id) { agentToken } }', { id })
  await data(beat, { id }, rotateAgentToken.agentToken)
  await expect.poll(async () => codesOf(await ask(beat, { id }, token))).toEqual(['UNAUTHENTICATED'])
})

test('what a token may do follows its scope', async () => {
  const { data, ask, tokens, createServer } = await graphqlScene()
  const { id, token } = await createServer('web 1')
  const other = await createServer('web 2')
  expect(await data('{ viewer { name scope kind } }', {}, tokens.read)).toEqual({
    viewer: { name: 'test read', scope: 'READ', kind: 'token' },
  })
  expect(codesOf(await ask('mutation ($id: ID!) { suspendServer(id: $id) { id } }', { id }, tokens.read))).toEqual([
    'FORBIDDEN',
  ])
  expect(codesOf(await ask('mutation ($id: ID!) { deleteServer(id: $id) }', { id }, tokens.operate))).toEqual([
    'FORBIDDEN',
  ])
  expect(codesOf(await ask('{ fleet { cursor } }', {}, token))).toEqual(['FORBIDDEN'])
  expect(
    codesOf(await ask('mutation ($id: ID!) { recordHeartbeat(serverId: $id) { receivedAt } }', other, token)),
  ).toEqual(['FORBIDDEN'])
  expect(codesOf(await ask('mutation { recordHeartbeat(serverId: 999) { receivedAt } }', {}, token))).toEqual([
    'FORBIDDEN',
  ])
  expect(codesOf(await ask('{ fleet { cursor } }', {}, null))).toEqual(['UNAUTHENTICATED'])
})

test('under open ingest a stranger sees the name and nothing more', async () => {
  const { createServer, ask, data } = await graphqlScene({ openIngest: true })
  const { id } = await createServer('web 1', { description: 'secret' })
  const beat = (fields: string) => `mutation { recordHeartbeat(serverId: ${id}) { server { ${fields} } } }`
  expect((await ask(beat('id name __typename'), {}, null)).data).toEqual({
    recordHeartbeat: { server: { id, name: 'web 1', __typename: 'Server' } },
  })
  expect(codesOf(await ask(beat('id description'), {}, null))).toEqual(['UNAUTHENTICATED'])
  const hidden = `${beat('...F')} fragment F on Server { statusEvents { nodes { at } } }`
  expect(codesOf(await ask(hidden, {}, null))).toEqual(['UNAUTHENTICATED'])
  expect(codesOf(await ask('{ fleet { cursor } }', {}, null))).toEqual(['UNAUTHENTICATED'])
  expect((await data('{ fleet { counts { online } } }')).fleet.counts.online).toBe(1)
})

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

test('what an agent asks for costs the look-up of its server nothing', async () => {
  const { createServer, data } = await graphqlScene()
  const { id, token } = await createServer('web 1')
  const beat = (fields: string) => () =>
    data(`mutation ($id: ID!) { recordHeartbeat(serverId: $id) { server { ${fields} } receivedAt } }`, { id }, token)
  await beat('id name')()
  expect((await countStatements(beat('id name status'))) - (await countStatements(beat('id name')))).toBe(1)
})
