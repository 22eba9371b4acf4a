import { type ASTNode, GraphQLError, type GraphQLFormattedError, Kind } from 'graphql'
import { Refusal } from '../errors.ts'

export type Log = (error: unknown) => void

/** Codes that tell the client of its own mistake; Apollo gives them, and graphql-ws through `withCode`. */
const CLIENT_CODES: ReadonlySet<unknown> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'PERSISTED_QUERY_NOT_FOUND',
  'BAD_REQUEST',
  'BAD_USER_INPUT',
])

/** All that anybody is told of a defect. */
export const DEFECT = { message: 'Something went wrong on our side.', extensions: { code: 'DEFECT' } } as const

/** What the parser says when it gives up on a document's size. */
const TOO_LARGE_TO_PARSE = /^Syntax Error: Document contains more tha. \d+ tokens|Maximum call stack size exceeded/

/** graphql-js repeats the refused value, which may be a whole body. */
const MAX_MESSAGE = 400

/**
 * Refusals keep their code; the client's own mistakes pass; a defect is logged and becomes one opaque code.
 *
 * For Apollo and for graphql-ws alike: subscriptions do not come by Apollo.
 */
export function formatError(log: Log) {
  return (formatted: GraphQLFormattedError, thrown: unknown): GraphQLFormattedError => {
    const cause = causeOf(thrown)
    if (cause instanceof Refusal) return answer(formatted, cause.message, { code: cause.code, ...cause.details })

    const node = mistakenNode(thrown)
    const code = codeOfMistake(formatted, node)
    if (code === 'GRAPHQL_PARSE_FAILED' && TOO_LARGE_TO_PARSE.test(formatted.message)) {
      return answer(formatted, 'The document is too large.', { code: 'QUERY_TOO_COMPLEX' })
    }
    if (code === 'BAD_USER_INPUT')
      return answer(formatted, formatted.message, { code, field: fieldAtFault(formatted.message, node) })
    if (code !== undefined) return answer(formatted, formatted.message, { code })

    log(cause)
    return answer(formatted, DEFECT.message, DEFECT.extensions)
  }
}

/** The code alone, where an error is a value in an answer. */
export function codeOf(error: unknown, log: Log): string {
  if (error instanceof Refusal) return error.code
  log(error)
  return DEFECT.extensions.code
}

/** Gives a mistake that graphql-js found the code that Apollo would give it. */
export function withCode(code: 'GRAPHQL_PARSE_FAILED' | 'GRAPHQL_VALIDATION_FAILED') {
  return (error: GraphQLError): GraphQLError =>
    new GraphQLError(error.message, {
      nodes: error.nodes,
      source: error.source,
      positions: error.positions,
      originalError: error.originalError ?? error,
      extensions: { ...error.extensions, code },
    })
}

/** What was thrown first; graphql-js and Apollo wrap it, each in its own way. */
function causeOf(thrown: unknown): unknown {
  let error = thrown
  while (error instanceof GraphQLError && error.originalError) error = error.originalError
  return error
}

/**
 * Where in the client's document the mistake is: a variable or an argument that could not be read. Undefined where a
 * resolver threw, which is told by its path, and for a value that we could not send, which points nowhere.
 */
function mistakenNode(thrown: unknown): ASTNode | undefined {
  for (let error = thrown; error instanceof GraphQLError; error = error.originalError) {
    if (!error.path && error.nodes?.[0]) return error.nodes[0]
  }
  return undefined
}

function codeOfMistake({ extensions }: GraphQLFormattedError, node: ASTNode | undefined): string | undefined {
  if (CLIENT_CODES.has(extensions?.code)) return extensions?.code as string
  return node ? 'BAD_USER_INPUT' : undefined
}

/** `Variable "$input" got invalid value … at "input.name"; …`: the place, else the variable. */
function fieldAtFault(message: string, node: ASTNode | undefined): string | undefined {
  if (node?.kind !== Kind.VARIABLE_DEFINITION) return undefined
  const name = node.variable.name.value
  const place = / at "([\w.[\]]+)"; /.exec(message)?.[1]
  return place?.startsWith(name) ? place : name
}

function answer(
  { locations, path }: GraphQLFormattedError,
  message: string,
  extensions: Record<string, unknown>,
): GraphQLFormattedError {
  return {
    message: message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)}…` : message,
    ...(locations ? { locations } : {}),
    ...(path ? { path } : {}),
    extensions,
  }
}
