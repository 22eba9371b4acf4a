import { ApolloServer, type ApolloServerPlugin } from '@apollo/server'
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled'
import { GraphQLError, type GraphQLSchema, OperationTypeNode } from 'graphql'
import type { GraphQLContext, Services } from './context.ts'
import { costError } from './cost.ts'
import { formatError } from './format-error.ts'
import { MAX_TOKENS, validationRules } from './limits.ts'

/** GraphQL over HTTP. Not started yet. One operation a request: a batch would go round the limits. */
export function createApollo(schema: GraphQLSchema, { log }: Pick<Services, 'log'>): ApolloServer<GraphQLContext> {
  return new ApolloServer<GraphQLContext>({
    schema,
    nodeEnv: 'production', // whatever the environment says: no stacks in answers
    introspection: true,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: MAX_TOKENS },
    validationRules,
    formatError: formatError(log),
    logger: { debug: () => undefined, info: () => undefined, warn: log, error: log },
    plugins: [
      limitOperations,
      answerHeaders,
      ApolloServerPluginCacheControlDisabled(), // it would look at each field of each answer
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      // It looks at every field of every answer to find that none may be cached: half of the time of a long list.
      ApolloServerPluginCacheControlDisabled(),
    ],
  })
}

const BAD_REQUEST = { http: { status: 400 } }

/** What depends on the variables can only be judged here; the document itself may come from Apollo's cache. */
const limitOperations: ApolloServerPlugin<GraphQLContext> = {
  requestDidStart: async () => ({
    didResolveOperation: async ({ schema, document, request, operation }) => {
      if (operation?.operation === OperationTypeNode.SUBSCRIPTION) {
        const extensions = { code: 'BAD_REQUEST', ...BAD_REQUEST }
        throw new GraphQLError('Subscriptions go over the WebSocket at this address.', { extensions })
      }
      const { operationName, variables: variableValues } = request
      const error = costError({ schema, document, operationName, variableValues })
      if (error) throw new GraphQLError(error.message, { originalError: error, extensions: BAD_REQUEST })
    },
  }),
}

/** No answer is kept by anybody. One that holds nothing but "not now" has the status that makes every HTTP client come back. */
const answerHeaders: ApolloServerPlugin<GraphQLContext> = {
  requestDidStart: async () => ({
    willSendResponse: async ({ response: { body, http } }) => {
      http.headers.set('cache-control', 'no-store')
      if (body.kind !== 'single' || body.singleResult.data) return
      const refused = body.singleResult.errors?.find(({ extensions }) => extensions?.code === 'UNAVAILABLE')
      if (!refused) return
      http.status = 503
      http.headers.set('retry-after', String(refused.extensions?.retryAfterSeconds ?? 1))
    },
  }),
}
