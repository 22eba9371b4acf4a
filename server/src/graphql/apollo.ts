import { ApolloServer, type ApolloServerPlugin, HeaderMap } from '@apollo/server'
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
import { LongList } from './long-list.ts'

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
      answerLongLists(schema),
      answerHeaders,
      ApolloServerPluginCacheControlDisabled(), // it would look at each field of each answer
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
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

function answerLongLists(schema: GraphQLSchema): ApolloServerPlugin<GraphQLContext> {
  const lists = new LongList(schema)
  return {
    requestDidStart: async () => ({
      responseForOperation: async ({ document, operationName, contextValue }) => {
        const data = await lists.answer(document, operationName ?? undefined, contextValue)
        return data ? { http: { headers: new HeaderMap() }, body: { kind: 'single', singleResult: { data } } } : null
      },
    }),
  }
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
