import { buildSchema, type GraphQLSchema } from 'graphql'
import { expect, test } from 'vitest'
import type { Caller } from '../access/caller.ts'
import { AccessRules, PERMISSIONS } from '../access/permissions.ts'
import { guardRootFields } from './guard.ts'
import { createSchema } from './schema.ts'

const CALLERS: Record<string, Caller> = {
  nobody: { kind: 'anonymous' },
  agent: { kind: 'agent', serverId: 1 },
  reader: { kind: 'user', name: 'wall', scope: 'read', via: 'token' },
  operator: { kind: 'user', name: 'relay', scope: 'operate', via: 'token' },
}

/** What a root field of the real schema answers to a caller: its code, or that it was let through. */
function knock(schema: GraphQLSchema, action: string, caller: Caller, args: object, openIngest = false): string {
  const [type, name] = action.split('.') as [string, string]
  const root = schema.getType(type) as ReturnType<GraphQLSchema['getQueryType']>
  const field = root?.getFields()[name]
  const context = { caller, services: { access: new AccessRules({ openIngest }) } }
  try {
    const enter = field?.subscribe ?? field?.resolve
    void Promise.resolve(enter?.(undefined, args, context, { fieldNodes: [], fragments: {} } as never)).catch(
      () => undefined,
    )
    return 'let through'
  } catch (error) {
    return (error as { code?: string }).code ?? 'let through'
  }
}

test('every root field of the schema has a permission', async () => {
  const schema = await createSchema()
  for (const type of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]) {
    for (const name of Object.keys(type?.getFields() ?? {}))
      expect(PERMISSIONS).toHaveProperty([`${type?.name}.${name}`])
  }
})

test('a root field without a permission keeps the hub from starting', () => {
  expect(() => guardRootFields(buildSchema('type Query { secrets: String }'))).toThrow(
    'No permission is set for Query.secrets',
  )
})

test('nobody gets past any root field, not even past one that streams', async () => {
  const schema = await createSchema()
  for (const action of Object.keys(PERMISSIONS).filter((key) => /^(Query|Mutation|Subscription)\./.test(key))) {
    if (!schema.getType(action.split('.')[0] as string)) continue
    const [type, name] = action.split('.') as [string, string]
    const root = schema.getType(type) as ReturnType<GraphQLSchema['getQueryType']>
    if (!root?.getFields()[name]) continue // promised for later
    expect([action, knock(schema, action, CALLERS.nobody as Caller, { serverId: '1', input: [] })]).toEqual([
      action,
      'UNAUTHENTICATED',
    ])
  }
})

test.each([
  ['an agent for its own server', 'agent', '1', 'let through'],
  ['an agent for another server', 'agent', '2', 'FORBIDDEN'],
  ['an agent for no server', 'agent', '0', 'BAD_USER_INPUT'],
  ['an agent beyond int4', 'agent', '2147483648', 'BAD_USER_INPUT'],
  ['a reader', 'reader', '1', 'FORBIDDEN'],
  ['a relay', 'operator', '2', 'let through'],
  ['nobody', 'nobody', '1', 'UNAUTHENTICATED'],
  ['nobody, with a bad id', 'nobody', 'x', 'UNAUTHENTICATED'],
])('recordHeartbeat by %s', async (_, caller, serverId, answer) => {
  const schema = await createSchema()
  expect(knock(schema, 'Mutation.recordHeartbeat', CALLERS[caller] as Caller, { serverId })).toBe(answer)
})

test.each([
  ['Query.fleet', 'agent', 'FORBIDDEN'],
  ['Subscription.serverStatusChanged', 'agent', 'FORBIDDEN'],
  ['Mutation.createServer', 'operator', 'FORBIDDEN'],
  ['Mutation.recordHeartbeats', 'reader', 'FORBIDDEN'],
])('%s by %s', async (action, caller, answer) => {
  expect(knock(await createSchema(), action, CALLERS[caller] as Caller, { input: [] })).toBe(answer)
})

test('open ingest opens ingest and nothing else', async () => {
  const schema = await createSchema()
  const nobody = CALLERS.nobody as Caller
  expect(knock(schema, 'Mutation.recordHeartbeat', nobody, { serverId: '1' }, true)).toBe('let through')
  expect(knock(schema, 'Mutation.recordHeartbeats', nobody, { input: [] }, true)).toBe('let through')
  expect(knock(schema, 'Query.fleet', nobody, {}, true)).toBe('UNAUTHENTICATED')
})
