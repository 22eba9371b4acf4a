import { GraphQLError, Kind, type VariableDefinitionNode } from 'graphql'
import { expect, test, vi } from 'vitest'
import { Refusal } from '../errors.ts'
import { codeOf, formatError, withCode } from './format-error.ts'

function format(thrown: unknown) {
  const log = vi.fn()
  const shown = thrown instanceof GraphQLError ? thrown.toJSON() : { message: String(thrown) }
  return { formatted: formatError(log)(shown, thrown), log }
}

/** As graphql-js wraps what a resolver throws. */
function located(originalError: Error) {
  return new GraphQLError(originalError.message, { path: ['fleet'], originalError })
}

const variable = (name: string) =>
  ({
    kind: Kind.VARIABLE_DEFINITION,
    variable: { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: name } },
  }) as VariableDefinitionNode

test('a refusal keeps its code, its sentence and its details', () => {
  const refusal = new Refusal('SLOW_CONSUMER', 'Too slow.', { cursor: 'abc' })
  const { formatted, log } = format(located(refusal))
  expect(formatted).toEqual({
    message: 'Too slow.',
    path: ['fleet'],
    extensions: { code: 'SLOW_CONSUMER', cursor: 'abc' },
  })
  expect(log).not.toHaveBeenCalled()
})

test('a refusal is found however often it was wrapped', () => {
  const refusal = new Refusal('UNAUTHENTICATED', 'Who are you?')
  const { formatted } = format(withCode('GRAPHQL_VALIDATION_FAILED')(located(refusal)))
  expect(formatted).toMatchObject({ message: 'Who are you?', extensions: { code: 'UNAUTHENTICATED' } })
})

test.each([
  ['a plain error', located(new Error('password is hunter2'))],
  ['an error that is none', 'hunter2'],
  ['a value that cannot be sent', located(new GraphQLError('Int cannot represent hunter2'))],
  ['an unknown code', new GraphQLError('hunter2', { extensions: { code: 'INTERNAL_SERVER_ERROR' } })],
])('%s is a defect: logged, and shown to nobody', (_, thrown) => {
  const { formatted, log } = format(thrown)
  expect(formatted.extensions).toEqual({ code: 'DEFECT' })
  expect(JSON.stringify(formatted)).not.toContain('hunter2')
  expect(log).toHaveBeenCalledOnce()
})

test("the client's own mistakes pass with Apollo's codes", () => {
  const { formatted, log } = format(withCode('GRAPHQL_VALIDATION_FAILED')(new GraphQLError('Cannot query field "x".')))
  expect(formatted).toEqual({ message: 'Cannot query field "x".', extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } })
  expect(log).not.toHaveBeenCalled()
})

test.each([
  [
    'Variable "$input" got invalid value 5 at "input.name"; String cannot represent a non string value: 5',
    'input.name',
  ],
  ['Variable "$input" got invalid value 5 at "input[3].tags[1]"; String cannot represent …', 'input[3].tags[1]'],
  ['Variable "$input" of required type "X!" was not provided.', 'input'],
  ['Variable "$input" got invalid value " at \\"other\\"; "; Expected type', 'input'],
])('a variable that cannot be read is bad input and names its place: %s', (message, field) => {
  const { formatted } = format(new GraphQLError(message, { nodes: variable('input') }))
  expect(formatted.extensions).toEqual({ code: 'BAD_USER_INPUT', field })
})

test('a refused value is not repeated in full', () => {
  const message = `Variable "$input" got invalid value "${'x'.repeat(100_000)}"`
  const { formatted } = format(new GraphQLError(message, { nodes: variable('input') }))
  expect(formatted.message.length).toBeLessThan(500)
})

test.each([
  'Syntax Error: Document contains more that 20000 tokens. Parsing aborted.',
  'Maximum call stack size exceeded',
])('a document that is too large to parse is too complex: %s', (message) => {
  const { formatted } = format(withCode('GRAPHQL_PARSE_FAILED')(new GraphQLError(message)))
  expect(formatted).toEqual({ message: 'The document is too large.', extensions: { code: 'QUERY_TOO_COMPLEX' } })
})

test('a stack that overflows in a resolver is a defect', () => {
  const { formatted, log } = format(located(new RangeError('Maximum call stack size exceeded')))
  expect(formatted.extensions).toEqual({ code: 'DEFECT' })
  expect(log).toHaveBeenCalledOnce()
})

test('an error as a value is its code alone', () => {
  const log = vi.fn()
  expect(codeOf(new Refusal('FORBIDDEN', 'No.'), log)).toBe('FORBIDDEN')
  expect(log).not.toHaveBeenCalled()
  expect(codeOf(new Error('bug'), log)).toBe('DEFECT')
  expect(log).toHaveBeenCalledOnce()
})
