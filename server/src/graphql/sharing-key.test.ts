import { parse } from 'graphql'
import { expect, test } from 'vitest'
import type { Caller } from '../access/caller.ts'
import { sharingKey } from './sharing-key.ts'

const READER: Caller = { kind: 'user', name: 'a bot', scope: 'read', via: 'token' }

const EVENTS = `subscription ($filter: StatusEventFilter, $after: String, $brief: Boolean!) {
  serverStatusChanged(filter: $filter, after: $after) { cursor server @skip(if: $brief) { name } }
}`

function keyOf({ query = EVENTS, variables = {}, caller = READER, operationName = undefined as string | undefined }) {
  return sharingKey(parse(query), { query, variables, operationName }, caller)
}

test.each([
  ['another cursor', { variables: { after: 'x' } }],
  ['another filter', { variables: { filter: { serverIds: ['1'] } } }],
  ['another name of equal scope', { caller: { ...READER, name: 'another bot', via: 'session' as const } }],
  ['a variable that nothing uses', { variables: { unused: 1 } }],
])('%s does not keep subscribers from sharing', (_, other) => {
  expect(keyOf(other)).toBe(keyOf({}))
})

test.each([
  ['another selection', { query: EVENTS.replace('cursor', 'at') }],
  ['a variable that shapes the answer', { variables: { brief: true } }],
  ['another scope', { caller: { ...READER, scope: 'admin' as const } }],
  ['an agent', { caller: { kind: 'agent' as const, serverId: 1 } }],
])('%s does', (_, other) => {
  expect(keyOf(other)).not.toBe(keyOf({}))
})

test('a variable that is used below the root field too, or in a fragment, may not differ', () => {
  const below = 'subscription ($n: Int) { serverStatusChanged { server { statusEvents(first: $n) { nodes { at } } } } }'
  const spread = `subscription ($n: Int) { ...All }
    fragment All on Subscription { serverStatusChanged { server { statusEvents(first: $n) { nodes { at } } } } }`
  for (const query of [below, spread]) {
    expect(keyOf({ query, variables: { n: 1 } })).not.toBe(keyOf({ query, variables: { n: 2 } }))
  }
})

test('a variable that is left out, and so has its default, is not one that is null', () => {
  const query =
    'subscription ($n: Int = 5) { serverStatusChanged { server { statusEvents(first: $n) { nodes { at } } } } }'
  expect(keyOf({ query, variables: {} })).not.toBe(keyOf({ query, variables: { n: null } }))
})

test('each operation of a document is its own', () => {
  const query = 'subscription A { serverStatusChanged { at } } subscription B { serverStatusChanged { cursor } }'
  expect(keyOf({ query, operationName: 'A' })).not.toBe(keyOf({ query, operationName: 'B' }))
})
