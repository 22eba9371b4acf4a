import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import { WebSocketServer } from 'ws'
import { Authenticator } from '../../server/src/access/authenticator.ts'
import { AccessRules } from '../../server/src/access/permissions.ts'
import type { StatusEvent } from '../../server/src/core/types.ts'
import { createApollo } from '../../server/src/graphql/apollo.ts'
import type { Services } from '../../server/src/graphql/context.ts'
import { createSchema } from '../../server/src/graphql/schema.ts'
import { createHttp } from '../../server/src/http/listen.ts'
import { Hub } from '../../server/src/hub.ts'
import { migrate } from '../../server/src/store/migrate.ts'
import { apiToken } from '../../server/test/support/api-token.ts'

/*
 * A hub whose feed is told of events that never were, as many at a time as it is asked for: it shows what fanning out costs
 * without what it costs to write and to read an event. Beside it, on a port of its own, plain `ws` that sends the same text.
 *
 * `POST /hub?events=N` and `POST /plain?events=N` publish N events in one turn; `GET /subscribers` counts the hub's.
 */
const connection = { connectionString: process.env.DATABASE_URL }
const silent = pino({ level: 'silent' })

await migrate(connection)
const hub = await Hub.open({ connection, maxWaitingHeartbeats: 1_000, onError: (error) => silent.error(error) })
const services: Services = {
  ...hub,
  store: hub.store,
  access: new AccessRules({ openIngest: false }),
  log: () => undefined,
}
const authenticator = new Authenticator({
  findByTokenHash: async () => ({ kind: 'api', token: apiToken('bench', 'read') }),
  findSession: async () => undefined,
})
const schema = await createSchema()
const http = await createHttp({
  config: { publicUrl: undefined, maxSockets: 2_000, maxSocketsPerCaller: 2_000 },
  services,
  apollo: createApollo(schema, services),
  schema,
  authenticator,
  figures: hub.figures.of(hub),
  webRoot: '/nowhere',
  log: silent,
})
await http.listen({ host: '127.0.0.1', port: 0 })

const plain = createServer().listen(0, '127.0.0.1')
const sockets = new WebSocketServer({ server: plain, path: '/graphql' })
sockets.on('connection', (socket) => {
  socket.on('message', (message) => {
    if (String(message).includes('connection_init')) socket.send('{"type":"connection_ack"}')
  })
})

let newest = 0

function newEvent(): StatusEvent {
  newest += 1
  const server = {
    id: newest,
    name: `bench-${String(newest).padStart(6, '0')}`,
    description: '',
    tags: ['bench'],
    offlineAfterSeconds: 60,
    suspended: false,
    status: 'OFFLINE',
    statusReason: 'HEARTBEAT_EXPIRED',
    statusSince: Date.now(),
    createdAt: Date.now(),
    updatedAt: Date.now(),
    deletedAt: null,
    lastHeartbeatAt: Date.now(),
    agentVersion: null,
    alertLimits: {},
  } as const
  const change = { from: 'ONLINE', fromReason: 'HEALTHY', to: 'OFFLINE', reason: 'HEARTBEAT_EXPIRED' } as const
  const times = { at: Date.now(), detectedAt: Date.now(), lastHeartbeatAt: Date.now(), gap: null, farewell: null }
  return { id: newest, server: server as unknown as StatusEvent['server'], ...change, ...times }
}

/** As long as what the hub sends, and encoded once for all. */
function textOf({ id, server, at }: StatusEvent): string {
  const time = new Date(at).toISOString()
  const cursor = Buffer.from(`00000000.${id}`).toString('base64url')
  const { name } = server
  const event = { cursor, at: time, from: 'ONLINE', to: 'OFFLINE', reason: 'HEARTBEAT_EXPIRED', server: { id, name } }
  const id36 = '00000000-0000-0000-0000-000000000000'
  return JSON.stringify({ id: id36, type: 'next', payload: { data: { serverStatusChanged: event } } })
}

const control = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
  const events = Array.from({ length: Number(searchParams.get('events') ?? 0) }, newEvent)
  if (pathname === '/hub') hub.statusFeed.publish(events)
  if (pathname === '/plain') {
    for (const text of events.map(textOf)) for (const socket of sockets.clients) socket.send(text)
  }
  response.end(String(hub.statusFeed.size))
})
control.listen(0, '127.0.0.1', () => {
  const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port
  process.stdout.write(`ready at ${portOf(http.server)} ${portOf(plain)} ${portOf(control)}\n`)
})
process.on('SIGTERM', () => process.exit(0))
