import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { RECORD_HEARTBEAT } from '../../agent/src/operations.ts'
import { AGENT_TEXTS } from '../src/graphql/agent-operation.ts'
import { RECORD_HEARTBEATS } from '../src/graphql/relay-operation.ts'
import { ADMIN_TOKEN, openTestApp, type TestApp } from './support/app-scene.ts'

let app: TestApp
let server: { id: string; token: string }
let gone: { id: string; token: string }
let agent: Record<string, string>
beforeAll(async () => {
  app = await openTestApp()
  server = await app.addServer('one')
  gone = await app.addServer('gone')
  agent = { authorization: `Bearer ${server.token}` }
  return () => app.remove()
})

/** Everything that a client sees of an answer, but for what differs from one moment to the next. */
async function seen(response: Response) {
  const { date, 'content-length': length, ...headers } = Object.fromEntries(response.headers)
  const body = (await response.text()).replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'INSTANT')
  return { status: response.status, headers, body, sized: Number(length) > 0, dated: date !== undefined }
}

describe('a heartbeat by REST is answered alike on the short and on the usual way', () => {
  test.each<[string, string, string | undefined]>([
    ['accepted', '1', '{"agent_version":"1.2.3"}'],
    ['without a body', '1', undefined],
    ['with a broken body', '1', '{"agent_vers'],
    ['with a version that cannot be stored', '1', `{"agent_version":"${'x'.repeat(65)}"}`],
    ['with a version that is no text', '1', '{"agent_version":7}'],
    ['for another server', '2', '{}'],
  ])('%s', async (_what, id, body) => {
    const warm = await app.post(`/api/heartbeat/${server.id}/`, '{}', agent)
    expect(warm.status).toBe(200)
    const target = id === '1' ? server.id : gone.id
    const short = await seen(await app.post(`/api/heartbeat/${target}/`, body, agent))
    const usual = await seen(await app.post(`/api/heartbeat/${target}/?x`, body, agent))
    expect(short).toEqual(usual)
  })

  test('for a server that does not exist, by a relay', async () => {
    const relay = { authorization: `Bearer ${ADMIN_TOKEN}` }
    const short = await seen(await app.post('/api/heartbeat/999999', '{}', relay))
    expect(short).toEqual(await seen(await app.post('/api/heartbeat/999999?x', '{}', relay)))
    expect(short.status).toBe(404)
  })
})

describe("the agent's own mutation is answered alike on the short way and by Apollo", () => {
  const beat = (variables: object, query = RECORD_HEARTBEAT, rest: object = {}) =>
    app.post('/graphql', { operationName: 'RecordHeartbeat', query, variables, ...rest }, agent)

  test('the text is the one that the agent sends', () => {
    expect(AGENT_TEXTS).toContain(RECORD_HEARTBEAT)
  })

  test.each<[string, object]>([
    ['accepted', { agentVersion: '1', bootId: 'b', agentStartedAt: '2026-01-31T12:00:00Z' }],
    ['with nothing but the id', {}],
    ['with nulls', { agentVersion: null, bootId: null, agentStartedAt: null }],
    ['with what nobody asked for', { nonsense: 1 }],
    ['with a number for an id', { serverId: 1 }],
    ['with a word for an id', { serverId: 'one' }],
    ['for another server', { serverId: '2' }],
    ['with a time that is none', { agentStartedAt: 'yesterday' }],
    ['with a version that cannot be stored', { agentVersion: 'x'.repeat(65) }],
    ['with a version that is no text', { agentVersion: 7 }],
    ['with what only the newest agents say', { retries: 2, sentAt: '2026-01-31T12:00:00Z' }],
    ['with a fraction of a retry', { retries: 1.5 }],
  ])('%s', async (_what, given) => {
    const variables = { serverId: server.id, ...given }
    await beat({ serverId: server.id })
    for (const text of AGENT_TEXTS) {
      expect(await seen(await beat(variables, text))).toEqual(await seen(await beat(variables, `${text} `)))
    }
  })

  test('with another operation name, or without', async () => {
    for (const operationName of [null, 'Other']) {
      const short = await seen(await beat({ serverId: server.id }, RECORD_HEARTBEAT, { operationName }))
      expect(short).toEqual(await seen(await beat({ serverId: server.id }, `${RECORD_HEARTBEAT} `, { operationName })))
    }
  })

  test('another small operation by an agent is read by Apollo, whole', async () => {
    const { code } = await app.graphql('{ fleet { cursor } }', {}, agent)
    expect(code).toBe('FORBIDDEN')
  })

  test('a body that is no JSON', async () => {
    expect((await app.post('/graphql', '{"query":', agent)).status).toBe(400)
  })

  test('where no heartbeat more may wait', async () => {
    const full = await openTestApp({ STACKSENSE_MAX_WAITING_HEARTBEATS: '1' })
    onTestFinished(() => full.remove())
    const { id, token } = await full.addServer('only')
    const bearer = { authorization: `Bearer ${token}` }
    const send = (query: string) => full.post('/graphql', { query, variables: { serverId: id } }, bearer)
    await send(RECORD_HEARTBEAT)

    const refusals = async (query: string) => {
      const all = await Promise.all(Array.from({ length: 40 }, async () => seen(await send(query))))
      return all.filter(({ status }) => status === 503)
    }
    const [short, apollo] = [await refusals(RECORD_HEARTBEAT), await refusals(`${RECORD_HEARTBEAT} `)]
    expect(short.length).toBeGreaterThan(0)
    expect(short[0]).toEqual(apollo[0])
    expect(short[0]?.headers).toMatchObject({ 'retry-after': '1' })
  })
})

describe("a relay's heartbeats are answered alike on the short way and by Apollo", () => {
  const RELAY = { authorization: `Bearer ${ADMIN_TOKEN}` }
  const send = (input: unknown, { query = RECORD_HEARTBEATS, by = RELAY } = {}) =>
    app.post('/graphql', { query, variables: { input } }, by)

  test.each<[string, () => unknown]>([
    [
      'good and bad ones',
      () => [{ serverId: server.id }, { serverId: '999999' }, { serverId: 'x' }, { serverId: gone.id }],
    ],
    ['with all that may be said', () => [{ serverId: server.id, agentVersion: '1', bootId: 'b', retries: 1 }]],
    ['with what cannot be stored', () => [{ serverId: server.id, agentVersion: 'x'.repeat(65) }]],
    ['none', () => []],
    ['with a field that there is not', () => [{ serverId: server.id, nonsense: 1 }]],
    ['with a number for an id', () => [{ serverId: Number(server.id) }]],
    ['without an id', () => [{}]],
    ['that are no list', () => ({ serverId: server.id })],
    ['too many', () => Array.from({ length: 2_001 }, () => ({ serverId: server.id }))],
  ])('%s', async (_what, input) => {
    await send([])
    const short = await seen(await send(input()))
    expect(short).toEqual(await seen(await send(input(), { query: `${RECORD_HEARTBEATS} ` })))
  })

  test('by an agent, which may speak for itself only', async () => {
    const input = [{ serverId: server.id }, { serverId: gone.id }]
    const short = await seen(await send(input, { by: agent as typeof RELAY }))
    expect(short).toEqual(await seen(await send(input, { query: `${RECORD_HEARTBEATS} `, by: agent as typeof RELAY })))
  })

  test('the text is the one in the guide to the API', () => {
    expect(readFileSync('docs/api.md', 'utf8')).toContain(RECORD_HEARTBEATS)
  })
})

test('a token that is rotated is refused on the short way at once', async () => {
  const { id, token } = await app.addServer('rotated')
  const old = { authorization: `Bearer ${token}` }
  for (const expected of [200, 200]) expect((await app.post(`/api/heartbeat/${id}/`, '{}', old)).status).toBe(expected)
  await app.graphql('mutation ($id: ID!) { rotateAgentToken(id: $id) { agentToken } }', { id })
  expect((await app.post(`/api/heartbeat/${id}/`, '{}', old)).status).toBe(401)
})
