import type { IncomingMessage } from 'node:http'
import { type ExecutionResult, GraphQLError, type GraphQLSchema } from 'graphql'
import { CloseCode, MessageType, type ServerOptions, stringifyMessage } from 'graphql-ws'
import { type Extra, useServer } from 'graphql-ws/use/ws'
import type { WebSocket, WebSocketServer } from 'ws'
import type { Caller } from '../access/caller.ts'
import { Refusal } from '../errors.ts'
import { createContext, type Services } from './context.ts'
import { formatError } from './format-error.ts'
import { Frames } from './frames.ts'
import { prepareOperation } from './operation.ts'
import { Outlet } from './outlet.ts'
import { SharedExecutions } from './shared-execution.ts'
import { CallerSockets, type SocketLimits } from './socket-limit.ts'
import { type SubscriptionArgs, subscribe } from './subscribe.ts'

/** Operations that may run at once on one socket, subscriptions and all. */
const MAX_OPERATIONS = 100

/** What else listens to a connection, beside its operations: each of them may wait for it to drain. */
const OWN_LISTENERS = 20

/** An idle socket says this often that it lives, and is ended when the other side has not answered by the next time. */
const PING_MS = 10_000

/** What was revoked stops to stream within this time. */
const RECHECK_MS = 30_000

/** How long the other sides have to say good-bye when the hub stops. */
const CLOSING_MS = 1_000

const TRY_AGAIN_LATER = 1013

/** Whoever asks on with this much of our answers unread, in bytes, is cut off: several whole fleets. */
const MAX_UNREAD = 33_554_432

export interface WebSocketOptions {
  /** With `noServer`, and a `maxPayload`. */
  readonly server: WebSocketServer
  readonly schema: GraphQLSchema
  readonly services: Services
  readonly limits: Pick<SocketLimits, 'maxSocketsPerCaller'>
  /**
   * Who opened the socket, by `connectionParams.authorization` or the page's cookie; asked again for each operation.
   *
   * @throws Refusal UNAUTHENTICATED, FORBIDDEN or UNAVAILABLE
   */
  readonly authenticate: (request: IncomingMessage, connectionParams: unknown) => Promise<Caller>
}

/**
 * GraphQL over WebSocket, by the protocol of graphql-ws.
 *
 * A refused credential closes the socket with 4401 (none, or unknown: pointless to try again) or 4403; 1013 where it could
 * not be looked up, or where the caller has too many sockets open. Refused operations are `error` messages whose payload carries the code, as over HTTP.
 */
export function serveWebSocket({ server, schema, services, limits, authenticate }: WebSocketOptions): {
  dispose(): Promise<void>
} {
  const format = (error: GraphQLError) => formatError(services.log)(error.toJSON(), error)
  const toWire = (result: ExecutionResult) =>
    result.errors ? { ...result, errors: result.errors.map(format) } : result
  const executions = new SharedExecutions(toWire, services.log)
  const frames = new Frames()
  const callers = new CallerSockets(limits.maxSocketsPerCaller)

  const options: ServerOptions<Record<string, unknown>, Extra> & { isProd: boolean } = {
    isProd: true, // no messages of defects in close frames
    onConnect: async ({ extra: { socket, request }, connectionParams }) => {
      const check = () => authenticate(request, connectionParams)
      try {
        if (!callers.enter(await check(), socket)) {
          socket.close(TRY_AGAIN_LATER, 'Too many sockets of this caller')
          return false
        }
      } catch (error) {
        closeFor(error, socket, services.log)
        return false
      }
      socket.on('message', () => {
        if (socket.bufferedAmount > MAX_UNREAD) socket.terminate()
      })
      request.socket.setMaxListeners(MAX_OPERATIONS + OWN_LISTENERS)
      whileOpen(socket, PING_MS, () => ping(socket))
      whileOpen(socket, RECHECK_MS, () => check().catch((error) => closeIfRefused(error, socket)))
      return true
    },
    onSubscribe: async ({ extra: { socket, request }, connectionParams, subscriptions }, id, payload) => {
      const arrivedAtMs = performance.now()
      try {
        if (Object.keys(subscriptions).length > MAX_OPERATIONS) throw tooMany()
        const caller = await authenticate(request, connectionParams)
        const operation = prepareOperation(schema, payload, createContext(services, caller, arrivedAtMs))
        if (!('document' in operation)) return operation
        return { ...operation, request: payload, outlet: new Outlet(socket, request.socket, id, frames) }
      } catch (error) {
        return [new GraphQLError('', { originalError: error as Error })]
      }
    },
    subscribe: (args) => subscribe(args as SubscriptionArgs, executions),
    onNext: (_context, _id, _payload, _args, result) => toWire(result),
    onError: (_context, _id, _payload, errors) => errors.map(format),
  }

  const served = useServer(options, server, PING_MS)
  server.on('connection', quiet)
  return {
    dispose: async () => {
      const impatient = setTimeout(() => terminateAll(server), CLOSING_MS)
      await served.dispose()
      clearTimeout(impatient)
    },
  }
}

/** A frozen page answers no closing handshake; ws would wait for it for half a minute. */
function terminateAll(server: WebSocketServer): void {
  for (const socket of server.clients) socket.terminate()
}

/**
 * graphql-ws prints whatever goes wrong with a socket; a frame that a peer broke, and what could not be sent to one that has
 * gone, is no defect of ours. ws closes it, and that is heard.
 */
function quiet(socket: WebSocket): void {
  socket.removeAllListeners('error')
  socket.on('error', () => undefined)
  const send = socket.send.bind(socket) as (data: string, done: () => void) => void
  socket.send = (data: unknown, done?: unknown) => send(String(data), () => typeof done === 'function' && done())
}

function whileOpen(socket: WebSocket, everyMs: number, act: () => unknown): void {
  if (socket.readyState !== socket.OPEN) return
  const timer = setInterval(act, everyMs)
  socket.once('close', () => clearInterval(timer))
}

/** The protocol's own ping: unlike a WebSocket's, a page can see it. */
function ping(socket: WebSocket): void {
  if (socket.readyState === socket.OPEN) socket.send(stringifyMessage({ type: MessageType.Ping }))
}

function closeFor(error: unknown, socket: WebSocket, log: (error: unknown) => void): void {
  if (closeIfRefused(error, socket)) return
  if (error instanceof Refusal) {
    socket.close(TRY_AGAIN_LATER, 'Try again later')
    return
  }
  log(error)
  socket.close(CloseCode.InternalServerError, 'Internal server error')
}

/** Our own troubles end no conversation: only a refusal of the caller does. */
function closeIfRefused(error: unknown, socket: WebSocket): boolean {
  if (!(error instanceof Refusal)) return false
  if (error.code === 'UNAUTHENTICATED') socket.close(CloseCode.Unauthorized, 'Unauthorized')
  else if (error.code === 'FORBIDDEN') socket.close(CloseCode.Forbidden, 'Forbidden')
  else return false
  return true
}

function tooMany(): Refusal {
  return new Refusal('RATE_LIMITED', `No more than ${MAX_OPERATIONS} operations may run at once on one socket.`)
}
