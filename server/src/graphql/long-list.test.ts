import { execute, type GraphQLSchema, parse } from 'graphql'
import { beforeAll, expect, test } from 'vitest'
import type { GraphQLContext } from './context.ts'
import { inTurns } from './in-turns.ts'
import { LongList } from './long-list.ts'
import { createSchema } from './schema.ts'

const NOON = Date.UTC(2026, 0, 1, 12)
const ALERT = { id: 7, message: 'disk full', openedAt: NOON, acknowledgedAt: null, severity: 'CRITICAL', value: 98.5 }
const server = (id: number) => ({
  id,
  name: `web-${id}`,
  tags: id % 2 ? ['prod', 'ams'] : [],
  status: id % 3 ? 'ONLINE' : 'OFFLINE',
  statusReason: id % 3 ? 'HEALTHY' : 'HEARTBEAT_EXPIRED',
  statusSince: NOON + id,
  lastHeartbeatAt: id % 5 ? NOON : null,
  statusAcknowledgement: id % 3 ? null : { by: 'Mara', at: NOON, note: null },
  activeAlerts: id % 4 ? [] : [ALERT],
  activeAnomalies: [],
})
const FLEET = {
  cursor: 'abc',
  counts: { online: 400, warning: 0, offline: 200, neverSeen: 0, suspended: 0, total: 600 },
  servers: inTurns(Array.from({ length: 600 }, (_, id) => server(id))),
}

let schema: GraphQLSchema
let found: object
beforeAll(async () => {
  schema = await createSchema()
  const field = schema.getQueryType()?.getFields().fleet
  if (field) field.resolve = async () => found
})

async function bothWays(query: string) {
  const document = parse(query)
  const contextValue = {} as GraphQLContext
  const ours = await new LongList(schema).answer(document, undefined, contextValue)
  const { data, errors } = await execute({ schema, document, contextValue })
  return { ours: JSON.stringify(ours), theirs: JSON.stringify(data), errors }
}

test.each([
  '{ fleet { cursor } }',
  '{ all: fleet { counts { total __typename } c: cursor __typename } }',
  '{ fleet { servers { id name tags status statusReason statusSince heartbeat { lastHeartbeatAt } } cursor } }',
  `query Fleet { fleet { servers { ...Row ... on Server { since: statusSince } ... { name } } } }
   fragment Row on Server { id activeAlerts { id } statusAcknowledgement { by at note } activeAlerts { severity value openedAt acknowledgedAt } activeAnomalies { score } }`,
])('%s is answered as the executor does', async (query) => {
  found = FLEET
  const { ours, theirs } = await bothWays(query)
  expect(ours).toBe(theirs)
  expect(ours).toBeTypeOf('string')
})

test.each([
  '{ fleet { servers @include(if: true) { id } } }',
  '{ fleet { servers { statusExplanation { rule } } } }',
  '{ fleet { servers { statusEvents(last: 1) { nodes { cursor } } } } }',
  '{ fleet { servers { activeAlerts { server { id } } } } }',
  '{ fleet { cursor } viewer { name } }',
  '{ viewer { name } }',
  'mutation { deleteServer(id: 1) }',
])('%s is the executor’s', async (query) => {
  found = FLEET
  expect(await new LongList(schema).answer(parse(query), undefined, {} as GraphQLContext)).toBeUndefined()
})

test('what must not be null and is, the executor has the words for', async () => {
  found = { ...FLEET, servers: [{ ...server(1), name: null }] }
  const { ours, errors } = await bothWays('{ fleet { servers { name } } }')
  expect(ours).toBeUndefined()
  expect(errors).toHaveLength(1)
})
