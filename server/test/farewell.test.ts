import { expect, test } from 'vitest'
import { findFarewells, recordFarewell } from '../src/store/farewells.ts'
import { deleteServer } from '../src/store/servers.ts'
import { codesOf, graphqlScene } from './graphql-scene.ts'
import { addServer, age, freshDatabase, listenTo, openHub } from './support/hub-scene.ts'

const SAY = `mutation ($id: ID!, $seconds: Int) {
  recordFarewell(serverId: $id, reason: REBOOT, expectedBackInSeconds: $seconds) { reason at expectedBackAt }
}`
const HEARD = '{ server(id: "1") { status heartbeat { farewell { reason expectedBackAt } } } }'

test('a goodbye is shown, changes no status, and is void with the next heartbeat', async () => {
  const { data, hub, createServer } = await graphqlScene()
  const { id, token } = await createServer('web-1')
  await hub.writer.record(Number(id), {})
  const { recordFarewell: said } = await data(SAY, { id, seconds: 300 }, token)
  expect(said.reason).toBe('REBOOT')
  expect(Date.parse(said.expectedBackAt) - Date.parse(said.at)).toBe(300_000)

  const { reason, expectedBackAt } = said
  expect((await data(HEARD)).server).toEqual({ status: 'ONLINE', heartbeat: { farewell: { reason, expectedBackAt } } })
  await hub.writer.record(Number(id), {})
  expect((await data(HEARD)).server).toEqual({ status: 'ONLINE', heartbeat: { farewell: null } })
})

test('the event of the silence that follows carries it; that of another silence does not', async () => {
  const database = await freshDatabase()
  const hub = await openHub(database)
  const [leaver, other] = [await addServer(hub.store), await addServer(hub.store)]
  await Promise.all([hub.writer.record(leaver.id, {}), hub.writer.record(other.id, {})])
  const farewell = await recordFarewell(hub.store, leaver.id, 'SHUTDOWN', null)
  await recordFarewell(hub.store, other.id, 'STOPPED', 10)
  await hub.writer.record(other.id, {})
  const { take } = await listenTo(hub)
  await hub.watch()
  // The ageing, beside which the hub may look already, moves the heartbeats before both goodbyes.
  await hub.store.pool.query(`update farewell set at = at - interval '1 h' where server_id = $1`, [other.id])
  for (const { id } of [leaver, other]) await age(hub.store.pool, id, 61)
  hub.monitor.lookAt([leaver.id, other.id])

  const events = new Map((await take(2)).map((event) => [event.server.id, event]))
  expect(events.get(leaver.id)).toMatchObject({ reason: 'HEARTBEAT_EXPIRED', farewell })
  expect(events.get(other.id)).toMatchObject({ reason: 'HEARTBEAT_EXPIRED', farewell: null })

  await hub.writer.record(leaver.id, {})
  expect(await take(1)).toMatchObject([{ to: 'ONLINE', farewell: null }])
})

test('an agent says goodbye for its own server only', async () => {
  const { ask, tokens, createServer } = await graphqlScene()
  const [one, two] = [await createServer('one'), await createServer('two')]
  expect(codesOf(await ask(SAY, { id: two.id }, one.token))).toEqual(['FORBIDDEN'])
  expect(codesOf(await ask(SAY, { id: one.id }, tokens.read))).toEqual(['FORBIDDEN'])
  expect(codesOf(await ask(SAY, { id: one.id }, null))).toEqual(['UNAUTHENTICATED'])
  expect(codesOf(await ask(SAY, { id: '99' }, tokens.operate))).toEqual(['SERVER_NOT_FOUND'])
  for (const seconds of [-1, 86_401]) {
    expect(codesOf(await ask(SAY, { id: one.id, seconds }))).toEqual(['BAD_USER_INPUT expectedBackInSeconds'])
  }
})

test('by REST: with nothing, in small letters, and refused by name', async () => {
  const { url, createServer } = await graphqlScene()
  const { id, token } = await createServer('web-1')
  const post = async (body?: string, path = `/api/farewell/${id}/`) => {
    const headers = { authorization: `Bearer ${token}` }
    const answer = await fetch(url.replace('/graphql', path), { method: 'POST', headers, body: body ?? null })
    return { status: answer.status, ...((await answer.json()) as object) }
  }
  expect(await post()).toEqual({ status: 'ok', server_id: 1, reason: 'STOPPED', expected_back_at: null })
  expect(await post('{"reason": "reboot", "expected_back_in_seconds": 60}')).toMatchObject({
    reason: 'REBOOT',
    expected_back_at: expect.stringMatching(/Z$/),
  })
  expect(await post('{"reason": "bored"}')).toMatchObject({ code: 'BAD_USER_INPUT', field: 'reason' })
  expect(await post('{"expected_back_in_seconds": "soon"}')).toMatchObject({ field: 'expected_back_in_seconds' })
  expect(await post('{}', '/api/farewell/7')).toMatchObject({ code: 'FORBIDDEN' })
})

test('listeners hear of it at once, and a deleted server leaves none', async () => {
  const { hub, socket, createServer } = await graphqlScene()
  const { id } = await createServer('web-1')
  const changes = socket().iterate<{ serverChanged: unknown }>({
    query: 'subscription { serverChanged { kind server { id heartbeat { farewell { reason } } } } }',
  })
  const next = changes.next()
  // The subscription may begin a moment after its first goodbye.
  const sayAgain = () => recordFarewell(hub.store, Number(id), 'STOPPED', null)
  const again = setInterval(() => void sayAgain().catch(() => undefined), 100) // the last may find the server deleted
  const { value } = await next.finally(() => clearInterval(again))
  expect(value?.data?.serverChanged).toEqual({
    kind: 'UPDATED',
    server: { id, heartbeat: { farewell: { reason: 'STOPPED' } } },
  })
  await changes.return?.()
  await deleteServer(hub.store, Number(id))
  expect(await findFarewells(hub.store, [Number(id)])).toEqual(new Map())
})
