import { getIntrospectionQuery } from 'graphql'
import { afterEach, expect, test, vi } from 'vitest'
import { type Answer, codesOf, graphqlScene, post } from './graphql-scene.ts'

const CREATE = 'mutation ($input: CreateServerInput!) { createServer(input: $input) { server { id } } }'
const BEAT =
  'mutation ($id: ID!, $version: String, $at: DateTime) { recordHeartbeat(serverId: $id, agentVersion: $version, agentStartedAt: $at) { receivedAt } }'
const ALERT = 'mutation ($input: RaiseAlertInput!) { raiseAlert(input: $input) { id } }'
const alert = (input: object) => ({ input: { serverId: '1', key: 'k', severity: 'INFO', message: 'm', ...input } })

afterEach(() => vi.restoreAllMocks())

/** [what, document, variables, code and field]. None of them is a defect of ours. */
const HOSTILE: [string, string, object, string][] = [
  ['an unknown server', BEAT, { id: '999' }, 'SERVER_NOT_FOUND'],
  ['an id beyond int4', BEAT, { id: '2147483648' }, 'BAD_USER_INPUT serverId'],
  ['an id that is no number', BEAT, { id: "1'; drop table server; --" }, 'BAD_USER_INPUT serverId'],
  ['an id of a megadigit', BEAT, { id: '9'.repeat(100_000) }, 'BAD_USER_INPUT serverId'],
  ['a negative id, as a number', BEAT, { id: -1 }, 'BAD_USER_INPUT serverId'],
  ['an id to read', 'query ($id: ID!) { server(id: $id) { id } }', { id: '4294967296' }, 'BAD_USER_INPUT id'],
  ['an id of an alert', 'mutation ($id: ID!) { resolveAlert(id: $id) { id } }', { id: '0' }, 'BAD_USER_INPUT id'],
  ['an unknown alert', 'mutation ($id: ID!) { resolveAlert(id: $id) { id } }', { id: '7' }, 'NOT_FOUND'],
  [
    'an id in a filter',
    'query ($f: ServerFilter) { servers(filter: $f) { totalCount } }',
    { f: { ids: ['1', 'x'] } },
    'BAD_USER_INPUT filter.ids[1]',
  ],
  ['NUL in a version', BEAT, { id: '1', version: '1\0' }, 'BAD_USER_INPUT agentVersion'],
  ['NUL in a name', CREATE, { input: { name: 'a\0b' } }, 'BAD_USER_INPUT input.name'],
  ['NUL in a tag', CREATE, { input: { name: 'a', tags: ['x\0'] } }, 'BAD_USER_INPUT input.tags[0]'],
  [
    'NUL in a search',
    'query ($f: ServerFilter) { servers(filter: $f) { totalCount } }',
    { f: { search: '\0' } },
    'BAD_USER_INPUT filter.search',
  ],
  [
    'NUL in a tag to filter by',
    'query ($f: StatusEventFilter) { statusEvents(filter: $f) { nodes { at } } }',
    { f: { tags: ['\0'] } },
    'BAD_USER_INPUT filter.tags[0]',
  ],
  ['NUL in a note', 'mutation { resolveAlert(id: 1, note: "\\u0000") { id } }', {}, 'BAD_USER_INPUT note'],
  ['NUL in a message', ALERT, alert({ message: '\0' }), 'BAD_USER_INPUT input.message'],
  ['a version too long', BEAT, { id: '1', version: 'x'.repeat(65) }, 'BAD_USER_INPUT agentVersion'],
  ['a name too long', CREATE, { input: { name: 'x'.repeat(101) } }, 'BAD_USER_INPUT input.name'],
  ['a name of 200,000 characters', CREATE, { input: { name: 'x'.repeat(200_000) } }, 'BAD_USER_INPUT input.name'],
  ['no name', CREATE, { input: { name: ' ' } }, 'BAD_USER_INPUT input.name'],
  ['a name in use', CREATE, { input: { name: 'there' } }, 'CONFLICT input.name'],
  [
    '21 tags',
    CREATE,
    { input: { name: 'a', tags: Array.from({ length: 21 }, (_, i) => `t${i}`) } },
    'BAD_USER_INPUT input.tags',
  ],
  [
    'a threshold too short',
    CREATE,
    { input: { name: 'a', offlineAfterSeconds: 1 } },
    'BAD_USER_INPUT input.offlineAfterSeconds',
  ],
  [
    'a number beyond int4',
    CREATE,
    { input: { name: 'a', offlineAfterSeconds: 2 ** 31 } },
    'BAD_USER_INPUT input.offlineAfterSeconds',
  ],
  [
    'an infinite value',
    'mutation { raiseAlert(input: { serverId: 1, key: "k", severity: INFO, message: "m", value: 1e999 }) { id } }',
    {},
    'BAD_USER_INPUT input.value',
  ],
  ['a wrong type', CREATE, { input: { name: 5 } }, 'BAD_USER_INPUT input.name'],
  ['a list for a word', CREATE, { input: { name: ['a'] } }, 'BAD_USER_INPUT input.name'],
  ['a wrong word of an enum', ALERT, alert({ severity: 'TERRIBLE' }), 'BAD_USER_INPUT input.severity'],
  ['a missing variable', CREATE, {}, 'BAD_USER_INPUT input'],
  ['an unknown field of an input', CREATE, { input: { name: 'a', tokenHash: 'x' } }, 'BAD_USER_INPUT input'],
  ['a time without a zone', BEAT, { id: '1', at: '2026-01-01T00:00:00' }, 'BAD_USER_INPUT at'],
  ['a time before all machines', BEAT, { id: '1', at: '0001-01-01T00:00:00Z' }, 'BAD_USER_INPUT agentStartedAt'],
  ['a page of 1,001', '{ servers(first: 1001) { totalCount } }', {}, 'BAD_USER_INPUT first'],
  ['a page of none', '{ alerts(first: 0) { nodes { id } } }', {}, 'BAD_USER_INPUT first'],
  ['a page in both directions', '{ statusEvents(first: 1, last: 1) { nodes { at } } }', {}, 'BAD_USER_INPUT first'],
  [
    'a range that runs backwards',
    '{ observationGaps(from: "2026-01-02T00:00:00Z", to: "2026-01-01T00:00:00Z") { id } }',
    {},
    'BAD_USER_INPUT from',
  ],
  ['a foreign cursor of servers', '{ servers(after: "eyJ4IjoxfQ") { totalCount } }', {}, 'BAD_CURSOR'],
  [
    'a forged cursor of servers',
    `{ servers(after: "${Buffer.from('["servers.ID","99999999999"]').toString('base64url')}") { totalCount } }`,
    {},
    'BAD_CURSOR',
  ],
  ['a foreign cursor of alerts', '{ alerts(after: "WyJzZXJ2ZXJzLklEIiwxXQ") { nodes { id } } }', {}, 'BAD_CURSOR'],
  [
    'a foreign cursor of events',
    `{ statusEvents(after: "${Buffer.from('deadbeef.1').toString('base64url')}") { nodes { at } } }`,
    {},
    'BAD_CURSOR',
  ],
  [
    'a cursor of 100,000 characters',
    `{ statusEvents(after: "${'x'.repeat(100_000)}") { nodes { at } } }`,
    {},
    'BAD_CURSOR',
  ],
  ['NUL in a cursor', '{ servers(orderBy: NAME, after: "\\u0000") { totalCount } }', {}, 'BAD_CURSOR'],
  ['no GraphQL', '{ fleet', {}, 'GRAPHQL_PARSE_FAILED'],
  ['an unknown field', '{ passwords }', {}, 'GRAPHQL_VALIDATION_FAILED'],
  [
    'a literal of a wrong type',
    'mutation { createServer(input: { name: 5 }) { agentToken } }',
    {},
    'GRAPHQL_VALIDATION_FAILED',
  ],
  ['200,000 characters of fields', `{ ${'id '.repeat(66_000)}}`, {}, 'QUERY_TOO_COMPLEX'],
  [
    'fifty levels',
    `{ fleet { servers ${'{ activeAlerts { server '.repeat(25)}{ id }${' } }'.repeat(25)} } }`,
    {},
    'QUERY_TOO_COMPLEX',
  ],
  ['nine thousand levels', `${'{a'.repeat(9_000)}${'}'.repeat(9_000)}`, {}, 'QUERY_TOO_COMPLEX'],
  ['nine thousand lists', `{ server(id: ${'['.repeat(9_000)}${']'.repeat(9_000)}) { id } }`, {}, 'QUERY_TOO_COMPLEX'],
  [
    'a thousand aliases',
    `{ ${Array.from({ length: 1_000 }, (_, i) => `a${i}: viewer { name }`).join(' ')} }`,
    {},
    'QUERY_TOO_COMPLEX',
  ],
  [
    'a page of pages',
    '{ servers(first: 1000) { nodes { statusEvents(first: 1000) { nodes { at } } } } }',
    {},
    'QUERY_TOO_COMPLEX',
  ],
  ['a subscription by HTTP', 'subscription { serverStatusChanged { at } }', {}, 'BAD_REQUEST'],
  [
    '2,001 heartbeats',
    'mutation ($i: [HeartbeatInput!]!) { recordHeartbeats(input: $i) { errorCode } }',
    { i: Array(2_001).fill({ serverId: '1' }) },
    'BAD_USER_INPUT input',
  ],
]

test('each hostile input has its code, is no defect, and changes nothing', async () => {
  const scene = await graphqlScene()
  await scene.createServer('there')
  for (const [what, query, variables, code] of HOSTILE) {
    const answer = await scene.ask(query, variables)
    expect([what, codesOf(answer)]).toEqual([what, [code]])
    expect([what, JSON.stringify(answer.errors).length]).toEqual([
      what,
      expect.toSatisfy((length: number) => length < 1_000),
    ])
  }
  expect(scene.log.mock.calls).toEqual([])
  expect((await scene.data('{ servers { nodes { name statusReason activeAlerts { id } } } }')).servers.nodes).toEqual([
    { name: 'there', statusReason: 'NEVER_SEEN', activeAlerts: [] },
  ])
})

test('what some programs call no time is a time like any other', async () => {
  const { data, createServer } = await graphqlScene()
  const { id } = await createServer('web-1')
  const { metrics, server } = await data(
    `query ($id: ID!, $from: DateTime!, $to: DateTime!) {
      metrics(serverId: $id, from: $from, maxPoints: 1) { buckets { at } }
      server(id: $id) { availability(from: $from, to: $to) { aliveSeconds offlineSeconds notCountedSeconds } }
    }`,
    { id, from: '0001-01-01T00:00:00Z', to: '9999-01-01T00:00:00Z' },
  )
  expect(metrics.buckets.at).toEqual([])
  // What is to come does not count either way.
  expect(server.availability).toMatchObject({ aliveSeconds: 0, offlineSeconds: 0 })
  expect(server.availability.notCountedSeconds).toBeLessThan(Date.now() / 1_000 + 63_000_000_000)
})

test('a wrong, a missing and a foreign token have their codes', async () => {
  const { ask, createServer } = await graphqlScene()
  const { id } = await createServer('one')
  const other = await createServer('two')
  expect(codesOf(await ask(BEAT, { id }, 'ssa_wrong'))).toEqual(['UNAUTHENTICATED'])
  expect(codesOf(await ask(BEAT, { id }, null))).toEqual(['UNAUTHENTICATED'])
  expect(codesOf(await ask(BEAT, { id }, other.token))).toEqual(['FORBIDDEN'])
})

test.each([
  ['malformed JSON', '{"query": "{ viewer', 400, 'BAD_REQUEST'],
  ['no query', '{}', 400, 'BAD_REQUEST'],
  ['a batch', '[{"query":"{ viewer { name } }"},{"query":"{ viewer { name } }"}]', 400, 'BAD_REQUEST'],
  ['a query that is a number', '{"query": 5}', 400, 'BAD_REQUEST'],
  ['variables that are a word', '{"query": "{ viewer { name } }", "variables": "x"}', 400, 'BAD_REQUEST'],
  ['a million characters', JSON.stringify({ query: `{ ${'id '.repeat(333_333)}}` }), 413, 'TOO_LARGE'],
])('%s is refused with a status and a code', async (_, body, status, code) => {
  const { url, tokens, log } = await graphqlScene()
  const response = await post(url, body, tokens.admin)
  expect(response.status).toBe(status)
  expect(codesOf((await response.json()) as Answer)).toEqual([code])
  expect(log.mock.calls).toEqual([])
})

test('the schema can be read', async () => {
  const { data } = await graphqlScene()
  const { __schema } = await data(getIntrospectionQuery())
  expect(__schema.types.map(({ name }: { name: string }) => name)).toContain('StatusExplanation')
})

test('a database that is away is "not now": 503 with Retry-After, and no false ok', async () => {
  const { hub, ask, createServer } = await graphqlScene()
  const { id, token } = await createServer('a')
  await ask(BEAT, { id }, token) // the token is known now
  vi.spyOn(hub.store.writer, 'connect').mockRejectedValue(
    Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }) as never,
  )

  const answer = await ask(BEAT, { id }, token)
  expect([answer.status, answer.headers.get('retry-after'), codesOf(answer)]).toEqual([503, '1', ['UNAVAILABLE']])
  expect(JSON.stringify(answer.errors)).not.toContain('refused')
})

test('a defect is logged in full and shown to nobody', async () => {
  const { hub, ask, log } = await graphqlScene()
  const bug = new Error('secret of the house')
  vi.spyOn(hub.store, 'em').mockImplementation(() => {
    throw bug
  })
  const answer = await ask('{ observationGaps { id } }')
  expect(codesOf(answer)).toEqual(['DEFECT'])
  expect(JSON.stringify(answer.errors)).not.toContain('secret')
  expect(log).toHaveBeenCalledWith(bug)
})
