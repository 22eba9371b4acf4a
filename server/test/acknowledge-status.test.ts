import { expect, test } from 'vitest'
import { codesOf, graphqlScene, type Scene } from './graphql-scene.ts'

const BEAT = 'mutation ($id: ID!) { recordHeartbeat(serverId: $id) { receivedAt } }'
const RAISE =
  'mutation ($id: ID!, $key: String!) { raiseAlert(input: { serverId: $id, key: $key, severity: WARNING, message: "m" }) { id } }'
const FIELDS = 'status statusReason statusAcknowledgement { by at note }'
const ACKNOWLEDGE = `mutation ($id: ID!, $note: String) { acknowledgeStatus(serverId: $id, note: $note) { ${FIELDS} } }`
const TAKE_BACK = `mutation ($id: ID!) { unacknowledgeStatus(serverId: $id) { ${FIELDS} } }`
const READ = `query ($id: ID!) { server(id: $id) { ${FIELDS} } }`
const EVENTS = '{ statusEvents { nodes { to reason } } }'

/** A server that is WARNING by an alert. */
async function warning({ createServer, data }: Scene): Promise<string> {
  const { id, token } = await createServer('web 1')
  await data(BEAT, { id }, token)
  await data(RAISE, { id, key: 'disk' })
  return id
}

/** A server that fell silent a minute ago, as expiry finds it. */
async function offline({ createServer, data, hub }: Scene): Promise<{ id: string; token: string }> {
  const made = await createServer('db 1', { offlineAfterSeconds: 2 })
  await data(BEAT, { id: made.id }, made.token)
  await hub.store.pool.query(
    `update server_heartbeat set last_heartbeat_at = last_heartbeat_at - interval '1 minute' where server_id = $1`,
    [made.id],
  )
  await data('mutation ($id: ID!) { updateServer(id: $id, input: { offlineAfterSeconds: 3 }) { id } }', { id: made.id })
  await expect.poll(async () => (await data(READ, { id: made.id })).server.status).toBe('OFFLINE')
  return made
}

test('who knows of a status is kept with it, changes nothing of it, and may be taken back', async () => {
  const scene = await graphqlScene()
  const { data, tokens } = scene
  const id = await warning(scene)
  const events = await data(EVENTS)

  const { acknowledgeStatus } = await data(ACKNOWLEDGE, { id, note: ' on it ' }, tokens.operate)
  expect(acknowledgeStatus).toEqual({
    status: 'WARNING',
    statusReason: 'ACTIVE_ALERTS',
    statusAcknowledgement: { by: 'test operate', at: expect.any(String), note: 'on it' },
  })
  const again = await data(ACKNOWLEDGE, { id })
  expect(again.acknowledgeStatus.statusAcknowledgement).toMatchObject({ by: 'test admin', note: null })
  expect((await data(READ, { id })).server).toEqual(again.acknowledgeStatus)

  const takenBack = { status: 'WARNING', statusReason: 'ACTIVE_ALERTS', statusAcknowledgement: null }
  expect(await data(TAKE_BACK, { id })).toEqual({ unacknowledgeStatus: takenBack })
  expect(await data(TAKE_BACK, { id })).toEqual({ unacknowledgeStatus: takenBack })
  expect(await data(EVENTS)).toEqual(events)
})

test('the heartbeat that brings a server back clears it', async () => {
  const scene = await graphqlScene()
  const { id, token } = await offline(scene)
  await scene.data(ACKNOWLEDGE, { id })
  await scene.data(BEAT, { id }, token)
  expect((await scene.data(READ, { id })).server).toMatchObject({ status: 'ONLINE', statusAcknowledgement: null })
})

test('a new reason for the same status clears it; one more alert does not', async () => {
  const scene = await graphqlScene()
  const { data } = scene
  const id = await warning(scene)
  await data(ACKNOWLEDGE, { id })
  await data(RAISE, { id, key: 'cpu' })
  expect((await data(READ, { id })).server.statusAcknowledgement).not.toBeNull()

  await data('mutation ($id: ID!) { suspendServer(id: $id) { id } }', { id })
  expect((await data(READ, { id })).server).toMatchObject({ statusReason: 'SUSPENDED', statusAcknowledgement: null })
})

test('a server that needs nobody has nothing to acknowledge', async () => {
  const { createServer, data, ask } = await graphqlScene()
  const { id, token } = await createServer('web 1')
  expect(codesOf(await ask(ACKNOWLEDGE, { id }))).toEqual(['CONFLICT'])
  await data(BEAT, { id }, token)
  expect(codesOf(await ask(ACKNOWLEDGE, { id }))).toEqual(['CONFLICT'])
  await data('mutation ($id: ID!) { suspendServer(id: $id) { id } }', { id })
  expect(codesOf(await ask(ACKNOWLEDGE, { id }))).toEqual(['CONFLICT'])
})

test('it needs the scope operate, a server, and a note that is not too long', async () => {
  const scene = await graphqlScene()
  const { ask, tokens } = scene
  const id = await warning(scene)
  expect(codesOf(await ask(ACKNOWLEDGE, { id }, tokens.read))).toEqual(['FORBIDDEN'])
  expect(codesOf(await ask(TAKE_BACK, { id }, tokens.read))).toEqual(['FORBIDDEN'])
  expect(codesOf(await ask(ACKNOWLEDGE, { id: '999' }))).toEqual(['SERVER_NOT_FOUND'])
  expect(codesOf(await ask(TAKE_BACK, { id: '999' }))).toEqual(['SERVER_NOT_FOUND'])
  expect(codesOf(await ask(ACKNOWLEDGE, { id, note: 'x'.repeat(2_001) }))).toEqual(['BAD_USER_INPUT note'])
})

test('lists hear of it', async () => {
  const scene = await graphqlScene()
  const id = await warning(scene)
  const changes = scene
    .socket()
    .iterate({ query: `subscription { serverChanged { kind server { id ${FIELDS} } } }` })
    [Symbol.asyncIterator]()
  const next = changes.next()
  // Tells again until it is heard: the subscription begins when it does. The last may find the port closed.
  const tell = () => scene.ask(ACKNOWLEDGE, { id, note: 'on it' }).catch(() => undefined)
  const telling = setInterval(() => void tell(), 50)
  const { value } = await next.finally(() => clearInterval(telling))
  expect(value.data.serverChanged).toMatchObject({
    kind: 'UPDATED',
    server: { id, status: 'WARNING', statusAcknowledgement: { by: 'test admin', note: 'on it' } },
  })
})
