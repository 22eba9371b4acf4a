import { createServer } from 'node:http'
import type { Socket } from 'node:net'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { ANONYMOUS } from '../access/caller.ts'
import { logAnswer } from './answer-log.ts'
import { bareAnswer } from './bare-answer.ts'
import type { Handle } from './hot-path.ts'
import { SECURITY_HEADERS } from './page.ts'
import { restErrorHandler } from './rest-error.ts'
import { isSocketRequest } from './upgrade.ts'

const REST_BODY_LIMIT = 64 * 1_024

/** Agents beat every 30 s: a shorter time would cost each beat a new connection. */
const KEEP_ALIVE_MS = 80_000

/** Whoever sends slower than this is cut off, headers first: a connection must not be held open for nothing. */
const HEADERS_TIMEOUT_MS = 15_000
const REQUEST_TIMEOUT_MS = 30_000
const TIMEOUT_CHECK_MS = 5_000

const SERVER_OPTIONS = {
  keepAliveTimeout: KEEP_ALIVE_MS,
  requestTimeout: REQUEST_TIMEOUT_MS,
  headersTimeout: HEADERS_TIMEOUT_MS,
  connectionsCheckingInterval: TIMEOUT_CHECK_MS,
  // Some HTTP clients offer HTTP/2 by an Upgrade header; to them we go on in HTTP/1.1.
  shouldUpgradeCallback: isSocketRequest,
}

/**
 * The HTTP server: time-outs, limits, headers on every answer, and the one handler of errors. No routes yet.
 *
 * @param before answers a request, or hands it on to `next`: Fastify.
 */
export function newFastify(log: Logger, before: (next: Handle) => Handle = (next) => next): FastifyInstance {
  const answerError = restErrorHandler(log)
  const app = fastify({
    bodyLimit: REST_BODY_LIMIT,
    serverFactory: (next) => createServer(SERVER_OPTIONS, before(next)),
    // A proxy on this machine tells whom it speaks for, so that people behind it do not share one sign-in limit.
    trustProxy: 'loopback',
    routerOptions: { ignoreTrailingSlash: true },
    forceCloseConnections: 'idle',
    frameworkErrors: (error, request, reply) => {
      reply.headers(SECURITY_HEADERS)
      return answerError(error, request, reply)
    },
    clientErrorHandler: answerBrokenRequest,
  })

  app.decorateRequest('caller', undefined as never)
  app.decorateRequest('arrivedAtMs', 0)
  app.decorateRequest('identifiedAtMs', 0)
  app.addHook('onRequest', async (request, reply) => {
    request.arrivedAtMs = performance.now()
    request.caller = ANONYMOUS
    reply.headers(SECURITY_HEADERS)
  })
  // A request has arrived when all of it has: whoever sends slowly is not made old by it. But while we looked up who sends
  // it, it was here.
  app.addHook('preParsing', async (request) => {
    request.identifiedAtMs = performance.now()
  })
  app.addHook('preValidation', (request, _reply, done) => {
    request.arrivedAtMs += performance.now() - request.identifiedAtMs
    done()
  })
  app.addHook('onResponse', async (request, reply) => {
    logAnswer(log, request, reply.statusCode, reply.elapsedTime)
  })
  app.setErrorHandler(answerError)
  return app
}

/** No such route. An address that exists for another method says so: people open it in a browser to try it. */
export function answerMissing(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (/^\/api\/(heartbeat|metrics|farewell)\/[^/]+\/?$/.test(request.url.split('?', 1)[0] ?? '')) {
    return reply.code(405).header('allow', 'POST').send({ error: 'Send a POST request.', code: 'BAD_USER_INPUT' })
  }
  return reply.code(404).send({ error: 'There is nothing at this address.', code: 'NOT_FOUND' })
}

const BROKEN: Readonly<Record<string, readonly [status: string, code: string, sentence: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'BAD_USER_INPUT', 'The request took too long to arrive.'],
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'TOO_LARGE', 'The request is too large.'],
}

/** What cannot be read as HTTP never becomes a request; there is only the bare socket. */
function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const [status, code, sentence] = BROKEN[error.code ?? ''] ?? [
    '400 Bad Request',
    'BAD_USER_INPUT',
    'This is not an HTTP request.',
  ]
  socket.end(bareAnswer(status, { error: sentence, code }))
}
