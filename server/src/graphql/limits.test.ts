import { buildSchema, getIntrospectionQuery, parse, specifiedRules, validate } from 'graphql'
import { expect, test } from 'vitest'
import { Refusal } from '../errors.ts'
import { MAX_ALIASES, MAX_DEPTH, MAX_FIELDS, MAX_TOKENS, validationRules } from './limits.ts'

const schema = buildSchema('type Query { me: Node, ids(of: [ID!]): [ID!] } type Node { me: Node, id: ID! }')

function mistakesIn(query: string): string[] {
  const document = parse(query, { maxTokens: MAX_TOKENS })
  return validate(schema, document, [...specifiedRules, ...validationRules]).map(({ message, originalError }) =>
    originalError instanceof Refusal ? originalError.code : message,
  )
}

/** Fields in fields: `levels` of them. */
const nested = (levels: number) => `${'{ me '.repeat(levels - 1)}{ id }${' }'.repeat(levels - 1)}`
const aliases = (count: number) => `{ ${Array.from({ length: count }, (_, i) => `a${i}: ids`).join(' ')} }`

test.each([
  ['the deepest that is allowed', nested(MAX_DEPTH)],
  ['as many aliases as are allowed', aliases(MAX_ALIASES)],
  [
    'the standard introspection query',
    getIntrospectionQuery({
      specifiedByUrl: true,
      directiveIsRepeatable: true,
      schemaDescription: true,
      inputValueDeprecation: true,
    }),
  ],
  ['a list of a thousand ids', `{ ids(of: [${Array.from({ length: 1_000 }, (_, i) => `"${i}"`)}]) }`],
  ['a fragment used on each level', `{ me { ...A me { ...A } } } fragment A on Node { id }`],
])('%s passes', (_, query) => {
  expect(mistakesIn(query)).toEqual([])
})

test.each([
  ['one level more', nested(MAX_DEPTH + 1)],
  ['a thousand levels', nested(1_000)],
  [
    'levels hidden in fragments',
    `{ ...F0 } ${Array.from({ length: 20 }, (_, i) => `fragment F${i} on Node { me { ...F${i + 1} } }`).join(' ')} fragment F20 on Node { id }`,
  ],
  ['levels in inline fragments', `{ me ${'{ ... on Node { me '.repeat(20)} { id } ${'} }'.repeat(20)} }`],
  ['a fragment in itself', '{ me { ...F } } fragment F on Node { me { ...F } }'],
  ['one alias more', aliases(MAX_ALIASES + 1)],
  ['a thousand aliases', aliases(1_000)],
  ['one field more', `{ me { ${'id '.repeat(MAX_FIELDS)} } }`],
  ['fields that nobody uses', `{ ids } fragment F on Node { ${'id '.repeat(MAX_FIELDS)} }`],
])('%s is too complex, and nothing else is said', (_, query) => {
  expect(mistakesIn(query)).toEqual(['QUERY_TOO_COMPLEX'])
})

test('fragments that multiply are looked at once each', () => {
  const doubling = Array.from({ length: 200 }, (_, i) => `fragment F${i} on Node { ...F${i + 1} ...F${i + 1} }`)
  expect(mistakesIn(`{ me { ...F0 } } ${doubling.join(' ')} fragment F200 on Node { id }`)).toEqual([])
})

test('a fragment that contains itself and nothing else is left to validation', () => {
  expect(mistakesIn('{ me { ...F } } fragment F on Node { ...F }')).toEqual([
    'Cannot spread fragment "F" within itself.',
  ])
})

test.each([
  ['tokens', `{ ${'id '.repeat(333_333)}}`],
  ['arguments', `{ ids(of: [${'"1" '.repeat(250_000)}]) }`],
])('a document of a million characters of %s is given up before it is read', (_, query) => {
  expect(query.length).toBeGreaterThan(999_000)
  expect(() => parse(query, { maxTokens: MAX_TOKENS })).toThrow('Document contains more')
})
