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

test('what an agent asks for costs the look-up of its server nothing', async () => {
  const { createServer, data } = await graphqlScene()
  const { id, token } = await createServer('web 1')
  const beat = (fields: string) => () =>
    data(`mutation ($id: ID!) { recordHeartbeat(serverId: $id) { server { ${fields} } receivedAt } }`, { id }, token)
  await beat('id name')()
  expect((await countStatements(beat('id name status'))) - (await countStatements(beat('id name')))).toBe(1)
})
