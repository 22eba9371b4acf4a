import type { Readable } from 'node:stream'
import type { ApolloServer } from '@apollo/server'
import { fastifyApolloHandler } from '@as-integrations/fastify'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { Refusal } from '../errors.ts'
import { createContext, type GraphQLContext, type Services } from '../graphql/context.ts'
import { compressLarge } from './compress-large.ts'
import { bodyOf } from './read-before.ts'
import { logFailure, toHttpError } from './rest-error.ts'

export const GRAPHQL_BODY_LIMIT = 256 * 1_024

/**
 * `/graphql` over HTTP. Apollo must have been started.
 *
 * Who calls is settled before the body is read; what they may call, field by field, by the resolvers. Every error has
 * GraphQL's shape, also those of the HTTP around it.
 */
export function graphqlRoute(
  app: FastifyInstance,
  options: {
    readonly apollo: ApolloServer<GraphQLContext>
    readonly services: Services
    readonly identify: (request: FastifyRequest) => Promise<void>
    readonly log: Logger
  },
): void {
  const { apollo, services, identify, log } = options
  app.register(async (scope) => {
    scope.setErrorHandler((error, request, reply) => answerError(log, error, request, reply))
    scope.addHook('onRequest', async (request) => {
      refuseUnreadableHost(request)
      await identify(request)
      services.access.require(request.caller, `${request.method === 'POST' ? 'POST' : 'GET'} /graphql`)
    })
    scope.addHook('preParsing', async (request, _reply, payload) => bodyOf(request.raw, payload as Readable))
    scope.addHook('onSend', compressLarge)
    scope.route({
      method: ['GET', 'POST'],
      url: '/graphql',
      bodyLimit: GRAPHQL_BODY_LIMIT,
      handler: fastifyApolloHandler(apollo, {
        context: async (request) => createContext(services, request.caller, request.arrivedAtMs),
      }),
    })
  })
}

/** Apollo's adapter makes a URL of it and would take a malformed one for a defect of ours. */
function refuseUnreadableHost(request: FastifyRequest): void {
  if (URL.canParse(request.url, `${request.protocol}://${request.hostname}/`)) return
  throw new Refusal('BAD_USER_INPUT', 'The Host header is not the name of a host.')
}

function answerError(log: Logger, error: unknown, request: FastifyRequest, reply: FastifyReply) {
  const { status, headers, message, code, field } = toHttpError(error)
  if (status >= 500) logFailure(log, error, request)
  // Apollo's own name for a request that is no GraphQL at all.
  const known = code === 'BAD_USER_INPUT' && !(error instanceof Refusal) ? 'BAD_REQUEST' : code
  return reply
    .code(status)
    .headers(headers)
    .send({ errors: [{ message, extensions: { code: known, field } }] })
}
