import type { IncomingMessage } from 'node:http'
import { isIPv6 } from 'node:net'
import type { ApolloServer } from '@apollo/server'
import type { FastifyInstance } from 'fastify'
import type { GraphQLSchema } from 'graphql'
import type { Logger } from 'pino'
import { WebSocketServer } from 'ws'
import type { Authenticator } from '../access/authenticator.ts'
import type { Caller } from '../access/caller.ts'
import { Sessions } from '../access/sessions.ts'
import { Refusal, StartError } from '../errors.ts'
import type { Figure } from '../figures/figure.ts'
import type { GraphQLContext, Services } from '../graphql/context.ts'
import type { SocketLimits } from '../graphql/socket-limit.ts'
import { serveWebSocket } from '../graphql/websocket.ts'
import { agentRoute } from './agent.route.ts'
import { credentialOf, identify, tokenIn } from './auth.ts'
import { identifyCaller } from './caller.hook.ts'
import { exportRoute } from './export.route.ts'
import { farewellRoute } from './farewell.route.ts'
import { figuresRoute } from './figures.route.ts'
import { GRAPHQL_BODY_LIMIT, graphqlRoute } from './graphql.route.ts'
import { healthRoute } from './health.route.ts'
import { heartbeatRoute } from './heartbeat.route.ts'
import { hotHeartbeat } from './hot-heartbeat.ts'
import { hotOperation } from './hot-operation.ts'
import { hotPath } from './hot-path.ts'
import { installRoutes } from './install.routes.ts'
import { metricRoute } from './metric.route.ts'
import { answerMissing, newFastify } from './new-fastify.ts'
import { page } from './page.ts'
import { sessionRoutes } from './session.routes.ts'
import { serveUpgrades } from './upgrade.ts'

/** Names of all of this machine's addresses at once. */
const EVERYWHERE = new Set(['', '0.0.0.0', '::', 'localhost'])

export interface HttpOptions {
  readonly config: { readonly publicUrl: string | undefined } & SocketLimits
  readonly services: Services
  /** Not started yet; it starts and stops with the server. */
  readonly apollo: ApolloServer<GraphQLContext>
  readonly schema: GraphQLSchema
  readonly authenticator: Authenticator
  /** What `/metrics` tells. */
  readonly figures: readonly Figure[]
  /** The folder of the web build. */
  readonly webRoot: string
  readonly log: Logger
}

/** Everything that one port serves, not listening yet. `close()` lets the requests that are here finish. */
export async function createHttp(options: HttpOptions): Promise<FastifyInstance> {
  const { services, authenticator, apollo, log } = options
  const { publicUrl } = options.config
  const rules = services.access
  const identifyRequest = identifyCaller(authenticator, publicUrl)

  await apollo.start()
  const routes = [hotHeartbeat(rules, services.writer, log), hotOperation(services)]
  const app = newFastify(log, (next) => hotPath({ routes, authenticator, log }, next))
  app.addHook('onClose', () => apollo.stop())

  figuresRoute(app, { rules, identify: identifyRequest, figures: options.figures })
  healthRoute(app, () => services.store.watch.query('select 1'))
  heartbeatRoute(app, { rules, writer: services.writer, identify: identifyRequest })
  agentRoute(app, { rules, store: services.store, identify: identifyRequest })
  installRoutes(app, { publicUrl })
  farewellRoute(app, { rules, store: services.store, identify: identifyRequest })
  metricRoute(app, {
    rules,
    record: (serverId, samples, arrivedAtMs) => services.samples.record(serverId, samples, arrivedAtMs),
    identify: identifyRequest,
  })
  sessionRoutes(app, {
    rules,
    sessions: new Sessions(services.store, authenticator),
    identify: identifyRequest,
    publicUrl,
  })
  exportRoute(app, { rules, store: services.store, identify: identifyRequest })
  graphqlRoute(app, { apollo, services, identify: identifyRequest, log })
  page(app, options.webRoot, answerMissing)
  openWebSocket(app, options)
  await app.ready()
  return app
}

function openWebSocket(app: FastifyInstance, { services, schema, authenticator, config }: HttpOptions): void {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: GRAPHQL_BODY_LIMIT })
  const authenticate = async (request: IncomingMessage, params: unknown): Promise<Caller> => {
    const caller = await identify(socketCredential(request, params), authenticator)
    services.access.require(caller, 'WS /graphql')
    return caller
  }
  const served = serveWebSocket({ server: sockets, schema, services, limits: config, authenticate })
  // Before the port closes: it would wait for the sockets that are open.
  app.addHook('preClose', () => served.dispose())
  serveUpgrades(app.server, sockets, config)
}

/** `connectionParams.authorization`, else what the request itself brought. */
function socketCredential(request: IncomingMessage, params: unknown) {
  const { authorization } = (params ?? {}) as { authorization?: unknown }
  if (authorization === undefined || authorization === null) return credentialOf(request.headers)
  if (typeof authorization === 'string') return { kind: 'token', token: tokenIn(authorization) } as const
  throw new Refusal('UNAUTHENTICATED', 'connectionParams.authorization is not a string.')
}

/** Opens the port; answers the one that it got. @throws StartError in one sentence where the port cannot be had */
export async function listen(
  app: FastifyInstance,
  address: { readonly host: string; readonly port: number },
): Promise<number> {
  try {
    await app.listen({ host: address.host, port: address.port })
  } catch (error) {
    throw new StartError(whyNot(error as NodeJS.ErrnoException, address), { cause: error })
  }
  const bound = app.server.address()
  return typeof bound === 'object' && bound !== null ? bound.port : address.port
}

/** Requests that are here when the hub stops are given this long to finish. */
const FINISH_MS = 4_000

/** So often it is looked for connections whose last answer has gone out. */
const IDLE_CHECK_MS = 50

/**
 * Takes no more connections, sends everybody on a socket away (1001: come back, to whoever is there), answers what is here,
 * and ends whatever does not end by itself. A connection ends with its next answer, or as soon as it has nothing to answer:
 * agents keep theirs open for hours, and send on for as long as they are answered.
 */
export async function closeHttp(app: FastifyInstance): Promise<void> {
  app.server.prependListener('request', (_request, response) => {
    response.shouldKeepAlive = false
  })
  const tidy = setInterval(() => app.server.closeIdleConnections(), IDLE_CHECK_MS)
  const impatient = setTimeout(() => app.server.closeAllConnections(), FINISH_MS)
  await app.close()
  clearInterval(tidy)
  clearTimeout(impatient)
}

/** Where programs on this machine reach a hub that listens at this address. */
export function localUrl({ host, port }: { readonly host: string; readonly port: number }): string {
  if (EVERYWHERE.has(host)) return `http://127.0.0.1:${port}`
  return `http://${isIPv6(host) ? `[${host}]` : host}:${port}`
}

function whyNot(
  error: NodeJS.ErrnoException,
  { host, port }: { readonly host: string; readonly port: number },
): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return `Port ${port} is in use. Choose another with PORT=…`
    case 'EACCES':
      return `Port ${port} may not be opened by this user. Choose one above 1023 with PORT=…`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `This machine has no address ${host}. Set STACKSENSE_HOST to one that it has.`
    default:
      throw error
  }
}
