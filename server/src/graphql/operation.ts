import {
  type DocumentNode,
  type ExecutionArgs,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  parse,
  specifiedRules,
  validate,
} from 'graphql'
import type { GraphQLContext } from './context.ts'
import { costError } from './cost.ts'
import { withCode } from './format-error.ts'
import { MAX_TOKENS, validationRules } from './limits.ts'

export interface OperationRequest {
  readonly query: string
  readonly operationName?: string | null | undefined
  readonly variables?: Record<string, unknown> | null | undefined
}

/** What to execute, or why not: the road that Apollo takes, with the same rules, for operations that come by a socket. */
export function prepareOperation(
  schema: GraphQLSchema,
  { query, operationName, variables }: OperationRequest,
  contextValue: GraphQLContext,
): ExecutionArgs | readonly GraphQLError[] {
  const document = parsed(query)
  if (document instanceof GraphQLError) return [document]

  const mistakes = validate(schema, document, [...specifiedRules, ...validationRules])
  if (mistakes.length > 0) return mistakes.map(withCode('GRAPHQL_VALIDATION_FAILED'))

  const operation = { schema, document, operationName, variableValues: variables }
  if (!getOperationAST(document, operationName)) {
    const extensions = { code: 'OPERATION_RESOLUTION_FAILURE' }
    return [
      new GraphQLError('The document has no operation of this name, or several and none was named.', { extensions }),
    ]
  }
  const tooComplex = costError(operation)
  return tooComplex ? [tooComplex] : { ...operation, contextValue }
}

function parsed(query: string): DocumentNode | GraphQLError {
  try {
    return parse(query, { maxTokens: MAX_TOKENS })
  } catch (error) {
    // A RangeError where the nesting is too deep for the parser.
    const mistake = error instanceof GraphQLError ? error : new GraphQLError((error as Error).message)
    return withCode('GRAPHQL_PARSE_FAILED')(mistake)
  }
}
