import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { concatAST, getIntrospectionQuery, Kind, parse } from 'graphql'
import { beforeAll, expect, test } from 'vitest'
import { costError, costOf, type Operation } from './cost.ts'
import { createSchema } from './schema.ts'

let schema: Operation['schema']
beforeAll(async () => {
  schema = await createSchema()
})

const measure = (query: string, variableValues: Record<string, unknown> = {}, operationName?: string) =>
  costOf({ schema, document: parse(query), variableValues, operationName })

test.each([
  ['a value is one', '{ viewer { name } }', 1 + 1 + 1],
  ['a page counts as often as it has nodes', '{ servers(first: 100) { nodes { id name } } }', 1 + 1 + (1 + 100 * 3)],
  ['a page without a size has the default one', '{ statusEvents { nodes { at } } }', 1 + 1 + (1 + 50 * 2)],
  ['backwards too', '{ statusEvents(last: 7) { edges { cursor } } }', 1 + 1 + (1 + 7 * 2)],
  [
    'a size out of range counts as the largest: it is refused by name',
    '{ alerts(first: 2000000000) { nodes { id } } }',
    1 + 1 + (1 + 1_000 * 2),
  ],
  [
    'a list of heartbeats is as long as its input',
    'mutation { recordHeartbeats(input: [{ serverId: 1 }, { serverId: 2 }]) { errorCode } }',
    1 + 2 * 2,
  ],
])('%s', (_, query, cost) => {
  expect(measure(query)).toBe(cost)
})

test('sizes may come from variables and their defaults', () => {
  const query = 'query ($n: Int = 10) { servers(first: $n) { nodes { id } } }'
  expect(measure(query)).toBe(1 + 1 + (1 + 10 * 2))
  expect(measure(query, { n: 20 })).toBe(1 + 1 + (1 + 20 * 2))
  const input = Array.from({ length: 3 }, (_, i) => ({ serverId: i }))
  expect(measure('mutation ($i: [HeartbeatInput!]!) { recordHeartbeats(input: $i) { errorCode } }', { i: input })).toBe(
    7,
  )
})

test('fragments count where they are used', () => {
  const query =
    '{ servers(first: 10) { nodes { ...S ... on Server { id } } } } fragment S on Server { name description }'
  expect(measure(query)).toBe(1 + 1 + (1 + 10 * 4))
})

test('only the operation that is run counts', () => {
  const query = 'query A { viewer { name } } query B { fleet { servers { name } } }'
  expect(measure(query, {}, 'A')).toBe(3)
  expect(measure(query, {}, 'B')).toBeGreaterThan(10_000)
})

const SERVER =
  'id name description tags status statusReason statusSince offlineAfterSeconds suspended createdAt updatedAt heartbeat { lastHeartbeatAt agentVersion }'

test.each([
  [
    'the whole fleet with its proofs',
    `{ fleet { servers { ${SERVER} statusExplanation { rule evaluatedAt ageSeconds limitSeconds activeAlerts activeAnomalies nextTransitionAt wouldBecome } } } }`,
  ],
  [
    'the whole fleet with its alerts',
    `{ fleet { servers { ${SERVER} activeAlerts { id severity message openedAt } } } }`,
  ],
  [
    'the largest page of everything',
    `{ statusEvents(first: 1000) { nodes { cursor at to server { ${SERVER} activeAlerts { id } } } } }`,
  ],
  ['the events of a server', '{ server(id: 1) { statusEvents(last: 1000) { nodes { cursor at to reason } } } }'],
  ['introspection', getIntrospectionQuery()],
])('%s may be asked for', (_, query) => {
  expect(costError({ schema, document: parse(query) })).toBeUndefined()
})

test('the page may ask for everything that it asks for', () => {
  const web = fileURLToPath(new URL('../../../web/src', import.meta.url))
  const files = globSync('**/*.graphql', { cwd: web }).map((file) => parse(readFileSync(`${web}/${file}`, 'utf8')))
  const document = concatAST(files)
  const names = document.definitions.flatMap((it) => (it.kind === Kind.OPERATION_DEFINITION ? [it.name?.value] : []))
  expect(names).not.toEqual([])
  for (const operationName of names)
    expect([operationName, costError({ schema, document, operationName })]).toEqual([operationName, undefined])
})

test('a relay may send a thousand heartbeats', () => {
  const query =
    'mutation ($i: [HeartbeatInput!]!) { recordHeartbeats(input: $i) { serverId errorCode receipt { receivedAt server { id name } } } }'
  expect(measure(query, { i: Array(1_000).fill({ serverId: 1 }) })).toBeLessThan(20_000)
})

test.each([
  [
    'the events of each server of a page',
    '{ servers(first: 50) { nodes { statusEvents(first: 1) { nodes { at } } } } }',
  ],
  [
    'the alerts of one server, five times in themselves',
    `{ server(id: 1) { ${'activeAlerts { server { '.repeat(5)} id ${'} }'.repeat(5)} } }`,
  ],
  [
    'the same by way of anomalies',
    `{ server(id: 1) { ${'activeAlerts { server { activeAnomalies { server { '.repeat(3)} id ${'} } } }'.repeat(3)} } }`,
  ],
  [
    'lists in lists',
    '{ fleet { servers { activeAlerts { server { activeAlerts { server { activeAlerts { id openedAt } } } } } } } }',
  ],
  ['the schema fifty times', `{ ${Array.from({ length: 50 }, (_, i) => `a${i}: __schema { types { name } }`)} }`],
  [
    'fragments that multiply',
    `{ servers(first: 1000) { nodes { ...F0 } } } ${Array.from({ length: 12 }, (_, i) => `fragment F${i} on Server { ...F${i + 1} a${i}: activeAlerts { server { ...F${i + 1} } } }`).join(' ')} fragment F12 on Server { id }`,
  ],
])('%s is too complex', (_, query) => {
  const error = costError({ schema, document: parse(query) })
  expect(error?.originalError).toMatchObject({ code: 'QUERY_TOO_COMPLEX' })
})
