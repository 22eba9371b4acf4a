import { once } from 'node:events'
import type { Client } from 'graphql-ws'
import { expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { revokeApiToken } from '../src/store/api-tokens.ts'
import { readEvents } from '../src/store/event-log.ts'
import { graphqlScene } from './graphql-scene.ts'

const EVENTS =
  'subscription ($filter: StatusEventFilter, $after: String) { serverStatusChanged(filter: $filter, after: $after) { cursor to reason server { id name } } }'

/** Runs an operation over the socket; collects what comes until it ends. */
function run(client: Client, query: string, variables: Record<string, unknown> = {}) {
  // biome-ignore lint/suspicious/noExplicitAny: tests look into it
  const results: any[] = []
  let unsubscribe = () => {}
  // biome-ignore lint/suspicious/noExplicitAny: errors of the protocol, or a close event
  const ended = new Promise<any>((resolve) => {
    unsubscribe = client.subscribe(
      { query, variables },
      { next: (result) => results.push(result), error: resolve, complete: () => resolve('complete') },
    )
  })
  return { results, ended, stop: () => unsubscribe() }
}

// biome-ignore lint/suspicious/noExplicitAny: whatever ended it
const codes = (errors: any) => (Array.isArray(errors) ? errors.map(({ extensions }) => extensions.code) : errors)

test('status changes arrive as they happen, and from a cursor again', async () => {
  const { createServer, data, socket } = await graphqlScene()
  const { fleet } = await data('{ fleet { cursor } }')
  const { id } = await createServer('web 1')
  const live = run(socket(), EVENTS, { after: fleet.cursor })
  await data('mutation ($id: ID!) { suspendServer(id: $id) { id } }', { id })
  await expect.poll(() => live.results).toHaveLength(1)
  await data('mutation ($id: ID!) { resumeServer(id: $id) { id } }', { id })
  await expect.poll(() => live.results).toHaveLength(2)
  const events = live.results.map(({ data }) => data.serverStatusChanged)
  expect(events[0]).toMatchObject({ to: 'OFFLINE', reason: 'SUSPENDED', server: { id, name: 'web 1' } })

  const replay = run(socket(), EVENTS, { after: events[0].cursor, filter: { serverIds: [id] } })
  await expect.poll(() => replay.results.map(({ data }) => data.serverStatusChanged)).toEqual([events[1]])
})

test('subscribers who ask for the same share one look, each under its own id and filter', async () => {
  const { createServer, data, socket, hub } = await graphqlScene()
  const { id } = await createServer('web 1')
  const other = await createServer('web 2')
  const query = `subscription ($filter: StatusEventFilter) {
    serverStatusChanged(filter: $filter) { to server { name activeAlerts { key } } } }`
  const everything = [run(socket(), query), run(socket(), query)]
  const some = [
    run(socket(), query, { filter: { serverIds: [id] } }),
    run(socket(), query, { filter: { to: ['ONLINE'] } }),
  ]
  await expect.poll(() => hub.statusFeed.size).toBe(4)

  const looks = vi.spyOn(hub.store.pool, 'query')
  for (const each of [id, other.id]) await data('mutation ($id: ID!) { suspendServer(id: $id) { id } }', { id: each })
  const event = (name: string) => ({ to: 'OFFLINE', server: { name, activeAlerts: [] } })
  for (const { results } of everything) {
    await expect
      .poll(() => results.map(({ data }) => data.serverStatusChanged))
      .toEqual([event('web 1'), event('web 2')])
  }
  expect(some.map(({ results }) => results.length)).toEqual([1, 0])
  // One look an event, or one for both where they were read together; each subscriber's own would be three at least.
  expect(looks.mock.calls.filter(([text]) => /from alert/.test(String(text))).length).toBeLessThanOrEqual(2)
})

test('whoever leaves is forgotten at once', async () => {
  const { hub, socket } = await graphqlScene()
  const { stop } = run(socket(), EVENTS)
  await expect.poll(() => hub.statusFeed.size).toBe(1)
  stop()
  await expect.poll(() => hub.statusFeed.size).toBe(0)
  const client = socket()
  run(client, EVENTS)
  await expect.poll(() => hub.statusFeed.size).toBe(1)
  client.terminate()
  await expect.poll(() => hub.statusFeed.size).toBe(0)
})

test('servers, alerts, anomalies and heartbeats can be followed', async () => {
  const { createServer, data, socket, tokens } = await graphqlScene()
  const { id, token } = await createServer('web 1')
  const client = socket(tokens.read)
  const servers = run(client, 'subscription { serverChanged { kind server { name activeAlerts { key } } } }')
  const alerts = run(
    client,
    'subscription { alertChanged(filter: { severities: [CRITICAL] }) { key active server { name } } }',
  )
  const anomalies = run(client, 'subscription { anomalyChanged { metric active server { name } } }')
  const others = run(client, 'subscription { anomalyChanged(filter: { tags: ["db"] }) { id } }')
  const beats = run(
    client,
    'subscription ($id: ID!) { heartbeatRecorded(serverId: $id) { server { id name } receivedAt } }',
    { id },
  )
  await run(client, '{ viewer { name } }').ended // what was asked before is under way

  await createServer('web 2')
  await data(
    'mutation ($id: ID!) { raiseAlert(input: { serverId: $id, key: "k", severity: CRITICAL, message: "m" }) { id } }',
    { id },
  )
  await expect
    .poll(() => servers.results[0]?.data)
    .toEqual({ serverChanged: { kind: 'CREATED', server: { name: 'web 2', activeAlerts: [] } } })
  await expect
    .poll(() => alerts.results[0]?.data)
    .toEqual({ alertChanged: { key: 'k', active: true, server: { name: 'web 1' } } })

  const raised = await data(
    'mutation ($id: ID!) { raiseAnomaly(input: { serverId: $id, metric: "cpu", score: 5, message: "m" }) { id } }',
    { id },
  )
  const anomaly = (active: boolean) => ({ anomalyChanged: { metric: 'cpu', active, server: { name: 'web 1' } } })
  await expect.poll(() => anomalies.results.map((result) => result.data)).toEqual([anomaly(true)])
  await data('mutation ($id: ID!) { resolveAnomaly(id: $id) { id } }', raised.raiseAnomaly)
  await expect.poll(() => anomalies.results.map((result) => result.data)).toEqual([anomaly(true), anomaly(false)])
  expect(others.results).toEqual([])
  await expect
    .poll(async () => {
      await data('mutation ($id: ID!) { recordHeartbeat(serverId: $id) { receivedAt } }', { id }, token)
      return beats.results[0]?.data.heartbeatRecorded.server
    })
    .toEqual({ id, name: 'web 1' })
})

test('queries and mutations go over the socket too', async () => {
  const { socket } = await graphqlScene()
  const created = run(socket(), 'mutation { createServer(input: { name: "web" }) { server { name } } }')
  expect(await created.ended).toBe('complete')
  expect(created.results).toEqual([{ data: { createServer: { server: { name: 'web' } } } }])
})

test.each([
  ['a foreign cursor', EVENTS, { after: Buffer.from('deadbeef.1').toString('base64url') }, 'BAD_CURSOR'],
  ['an unknown server', 'subscription { heartbeatRecorded(serverId: 999) { receivedAt } }', {}, 'SERVER_NOT_FOUND'],
  ['an id that is none', EVENTS, { filter: { serverIds: ['x'] } }, 'BAD_USER_INPUT'],
  ['a wrong type', EVENTS, { after: 5 }, 'BAD_USER_INPUT'],
  ['no GraphQL', 'subscription {', {}, 'GRAPHQL_PARSE_FAILED'],
  ['an unknown field', 'subscription { secrets }', {}, 'GRAPHQL_VALIDATION_FAILED'],
  ['nine thousand levels', `${'{a'.repeat(9_000)}${'}'.repeat(9_000)}`, {}, 'QUERY_TOO_COMPLEX'],
  ['many tokens', `{ ${'id '.repeat(66_000)}}`, {}, 'QUERY_TOO_COMPLEX'],
  [
    'a thousand aliases',
    `{ ${Array.from({ length: 1_000 }, (_, i) => `a${i}: viewer { name }`).join(' ')} }`,
    {},
    'QUERY_TOO_COMPLEX',
  ],
  ['a page of pages', '{ servers(first: 1000) { nodes { statusEvents { nodes { at } } } } }', {}, 'QUERY_TOO_COMPLEX'],
  ['several operations', 'query A { viewer { name } } query B { viewer { name } }', {}, 'OPERATION_RESOLUTION_FAILURE'],
])('%s ends the operation with its code, and the socket lives on', async (_, query, variables, code) => {
  const { socket, log } = await graphqlScene()
  const client = socket()
  expect(codes(await endOf(run(client, query, variables)))).toEqual([code])
  expect(codes(await endOf(run(client, '{ viewer { name } }')))).toBe('complete')
  expect(log.mock.calls).toEqual([])
})

test('a failed field has its code in the result', async () => {
  const { socket } = await graphqlScene()
  const failed = run(socket(), 'mutation { suspendServer(id: 999) { id } }')
  await failed.ended
  expect(codes(failed.results[0].errors)).toEqual(['SERVER_NOT_FOUND'])
})

test('permissions hold for each operation, before its stream begins', async () => {
  const { socket, tokens, createServer, hub } = await graphqlScene()
  const { token } = await createServer('web')
  expect(codes(await endOf(run(socket(token), EVENTS)))).toEqual(['FORBIDDEN'])
  expect(hub.statusFeed.size).toBe(0)
  const reader = run(socket(tokens.read), 'mutation { suspendServer(id: 1) { id } }')
  await reader.ended
  expect(codes(reader.results[0].errors)).toEqual(['FORBIDDEN'])
})

test.each([
  ['no token', null],
  ['a wrong token', 'ssk_wrong'],
])('a socket with %s is closed with 4401', async (_, token) => {
  const { socket } = await graphqlScene()
  expect(await run(socket(token), '{ viewer { name } }').ended).toMatchObject({ code: 4401 })
})

test('a token that was revoked starts nothing more', async () => {
  const { socket, hub, tokens } = await graphqlScene()
  const client = socket(tokens.read)
  run(client, EVENTS) // keeps the socket open
  expect(await endOf(run(client, '{ viewer { name } }'))).toBe('complete')
  const { rows } = await hub.store.pool.query(`select id from api_token where name = 'test read'`)
  await revokeApiToken(hub.store, rows[0].id)
  await expect.poll(async () => codes(await endOf(run(client, '{ viewer { name } }')))).toEqual(['UNAUTHENTICATED'])
})

test('a reader that is too slow is told where to resume', async () => {
  const { socket, hub, createServer, data } = await graphqlScene()
  const { id } = await createServer('web')
  const slow = run(socket(), EVENTS)
  await expect.poll(() => hub.statusFeed.size).toBe(1)
  await data('mutation ($id: ID!) { suspendServer(id: $id) { id } }', { id })
  await expect.poll(() => slow.results).toHaveLength(1)
  const [event] = await readEvents(hub.store, {}, { limit: 1 })
  hub.statusFeed.publish(Array(20_000).fill(event)) // in one turn: nobody could have read them

  const errors = await slow.ended
  expect(codes(errors)).toEqual(['SLOW_CONSUMER'])
  expect(errors[0].extensions.cursor).toEqual(expect.any(String))
})

test('a socket runs a hundred operations at once and no more', async () => {
  const { socket, hub } = await graphqlScene()
  const client = socket()
  const running = Array.from({ length: 100 }, () => run(client, EVENTS))
  await expect.poll(() => hub.statusFeed.size).toBe(100)
  expect(codes(await endOf(run(client, EVENTS)))).toEqual(['RATE_LIMITED'])
  running[0]?.stop()
  await expect.poll(async () => codes(await endOf(run(client, '{ viewer { name } }')))).toBe('complete')
})

test('a caller has no more sockets than it may, and another caller has its own', async () => {
  const { socket, tokens } = await graphqlScene({ limits: { maxSocketsPerCaller: 2 } })
  const [first, second, third] = [socket(), socket(), socket()]
  for (const client of [first, second]) run(client, EVENTS)
  for (const client of [first, second]) await run(client, '{ viewer { name } }').ended
  expect(await run(third, '{ viewer { name } }').ended).toMatchObject({ code: 1013 })
  expect(await run(socket(tokens.read), '{ viewer { name } }').ended).toBe('complete')
  first?.terminate()
  await expect.poll(async () => codes(await endOf(run(socket(), '{ viewer { name } }')))).toBe('complete')
})

test('a hub that has as many sockets as it may says so before there is one more', async () => {
  const { socket, url } = await graphqlScene({ limits: { maxSockets: 1 } })
  const only = socket()
  run(only, EVENTS)
  await run(only, '{ viewer { name } }').ended
  const refused = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws')
  refused.on('error', () => undefined)
  const [, { statusCode }] = await once(refused, 'unexpected-response')
  expect(statusCode).toBe(503)
})

test('whoever asks on and reads nothing is cut off', async () => {
  const { url, tokens } = await graphqlScene()
  const greedy = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws')
  greedy.on('error', () => undefined)
  const closed = once(greedy, 'close')
  await once(greedy, 'open')
  greedy.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${tokens.read}` } }))
  await once(greedy, 'message')
  greedy.pause()
  const ping = JSON.stringify({ type: 'ping', payload: { x: 'x'.repeat(200_000) } })
  for (let i = 0; i < 400; i++) greedy.send(ping)
  await expect.poll(() => greedy.bufferedAmount).toBe(0) // taken, or the line is cut
  greedy.resume()
  expect((await closed)[0]).toBe(1006)
})

test.each([
  ['no message at all', 'hello', 4400],
  ['an unknown type', '{"type":"attack"}', 4400],
  ['an operation before the greeting', '{"type":"subscribe","id":"1","payload":{"query":"{ viewer { name } }"}}', 4401],
  ['a message of a megabyte', JSON.stringify({ type: 'connection_init', payload: { x: 'x'.repeat(1_000_000) } }), 1009],
])('%s closes the socket, and only this one', async (_, message, code) => {
  const { url, socket, log } = await graphqlScene()
  const neighbour = socket()
  await run(neighbour, '{ viewer { name } }').ended
  const hostile = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws')
  const closed = new Promise((resolve) => hostile.once('close', resolve))
  hostile.once('open', () => hostile.send(message))
  expect(await closed).toBe(code)
  expect(await endOf(run(neighbour, '{ viewer { name } }'))).toBe('complete')
  expect(log.mock.calls).toEqual([])
})

/** The errors that an operation ended with, or that its only result holds. */
async function endOf({ ended, results }: ReturnType<typeof run>) {
  const end = await ended
  return end === 'complete' && results[0]?.errors ? results[0].errors : end
}

test('a hub that stops waits for nobody who does not answer', async () => {
  const { url, stop } = await graphqlScene()
  const frozen = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws')
  frozen.on('error', () => undefined)
  await new Promise((resolve) => frozen.once('open', resolve))
  frozen.pause()
  const began = performance.now()
  await stop()
  expect(performance.now() - began).toBeLessThan(5_000)
  frozen.terminate()
})
