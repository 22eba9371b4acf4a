/**
 * A hub made of memory, to look at the page without one: the story of the pictures, and levers to change it.
 *
 *   PORT=47311 FAKE=story|well|empty npm run fake-hub -w web
 *   curl -X POST 'localhost:47311/fake/silence?name=web-ams-04'   recover, add, delete, rename, hang, die (with &seconds=)
 */
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { extname, join } from 'node:path'
import {
  buildSchema,
  execute,
  GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLScalarType,
  parse,
  subscribe,
  validate,
} from 'graphql'
import { useServer } from 'graphql-ws/use/ws'
import { WebSocketServer } from 'ws'
import { emptyServer, type FakeEvent, type FakeServer, story } from './fake-fleet.ts'

const PORT = Number(process.env.PORT ?? 47311)
/** The story plays at 10:06:42, whatever the time: so the page's clock is proved to be the hub's. */
const OFFSET = process.env.FAKE_NOW ? Date.parse(process.env.FAKE_NOW) - Date.now() : 0
const now = () => Date.now() + OFFSET

const { servers, events } = story(now())
if (process.env.FAKE === 'large') {
  for (let i = servers.size + 1; i <= 10_000; i++) {
    const server = emptyServer(String(i), `node-${i}`, ['prod', `rack-${i % 40}`], new Date(now() - 86_400_000))
    const lastHeartbeatAt = new Date(now() - ((i * 7) % 29_000))
    servers.set(server.id, { ...server, status: 'ONLINE', statusReason: 'HEALTHY', beating: true, lastHeartbeatAt })
  }
}
if (process.env.FAKE === 'empty') {
  servers.clear()
  events.length = 0
}
if (process.env.FAKE === 'well') {
  for (const server of servers.values()) {
    if (server.statusReason === 'NEVER_SEEN' || server.suspended) continue
    Object.assign(server, {
      status: 'ONLINE',
      statusReason: 'HEALTHY',
      beating: true,
      lastHeartbeatAt: new Date(now() - 9000),
      alerts: [],
    })
  }
}

type Listener = (value: unknown) => void
const listeners: Record<'event' | 'change' | 'alert' | 'heartbeat', Set<Listener>> = {
  event: new Set(),
  change: new Set(),
  alert: new Set(),
  heartbeat: new Set(),
}
function tell(channel: keyof typeof listeners, value: unknown): void {
  for (const listener of listeners[channel]) listener(value)
}

async function* hear<T>(channel: keyof typeof listeners, before: readonly T[] = []): AsyncGenerator<T> {
  const waiting: T[] = [...before]
  let wake = () => {}
  const listener: Listener = (value) => {
    waiting.push(value as T)
    wake()
  }
  listeners[channel].add(listener)
  try {
    for (;;) {
      while (waiting.length > 0) yield waiting.shift() as T
      await new Promise<void>((resolve) => (wake = resolve))
    }
  } finally {
    listeners[channel].delete(listener)
  }
}

function change(server: FakeServer, to: FakeServer['status'], reason: string, at = new Date(now())): void {
  const event: FakeEvent = {
    id: (events.at(-1)?.id ?? 0) + 1,
    server,
    from: server.status,
    to,
    reason,
    at,
    detectedAt: new Date(now()),
    lastHeartbeatAt: server.lastHeartbeatAt,
  }
  Object.assign(server, {
    status: to,
    statusReason: reason,
    statusSince: server.status === to ? server.statusSince : at,
  })
  events.push(event)
  tell('event', event)
}

setInterval(() => {
  for (const server of servers.values()) {
    const silence = server.lastHeartbeatAt ? now() - server.lastHeartbeatAt.getTime() : Infinity
    if (server.beating && silence >= 30_000) {
      server.lastHeartbeatAt = new Date(now())
      tell('heartbeat', { server, receivedAt: server.lastHeartbeatAt })
      if (server.status === 'OFFLINE' && !server.suspended)
        change(server, server.alerts.length ? 'WARNING' : 'ONLINE', server.alerts.length ? 'ACTIVE_ALERTS' : 'HEALTHY')
    } else if (
      !server.beating &&
      silence > server.offlineAfterSeconds * 1000 &&
      server.lastHeartbeatAt &&
      server.status !== 'OFFLINE'
    ) {
      change(
        server,
        'OFFLINE',
        'HEARTBEAT_EXPIRED',
        new Date(server.lastHeartbeatAt.getTime() + server.offlineAfterSeconds * 1000),
      )
    }
  }
}, 100)

const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'))
const dateTime = schema.getType('DateTime') as GraphQLScalarType
dateTime.parseValue = (value) => new Date(value as string)
dateTime.serialize = (value) => (value as Date).toISOString()

const cursorOf = (event: FakeEvent) => `fake:${event.id}`
const byCursor = (cursor: string) => {
  const id = Number(cursor.split(':')[1])
  if (!cursor.startsWith('fake:') || Number.isNaN(id))
    throw new GraphQLError('Not a cursor of this feed.', { extensions: { code: 'BAD_CURSOR' } })
  return id
}
const eventOf = (event: FakeEvent) => ({ ...event, cursor: cursorOf(event), server: serverOf(event.server), gap: null })
const page = <T>(nodes: T[]) => ({
  nodes,
  edges: [],
  totalCount: nodes.length,
  feedCursor: '',
  pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
})

function explanation(server: FakeServer) {
  const alive = server.status !== 'OFFLINE'
  const rule = { HEALTHY: 'ALIVE', HEARTBEAT_EXPIRED: 'SILENT_TOO_LONG' }[server.statusReason] ?? server.statusReason
  const deadline =
    alive && server.lastHeartbeatAt
      ? new Date(server.lastHeartbeatAt.getTime() + server.offlineAfterSeconds * 1000)
      : null
  return {
    rule,
    evaluatedAt: new Date(now()),
    lastHeartbeatAt: server.lastHeartbeatAt,
    limitSeconds: server.offlineAfterSeconds,
    ageSeconds: server.lastHeartbeatAt ? (now() - server.lastHeartbeatAt.getTime()) / 1000 : null,
    activeAlerts: server.alerts.length,
    activeAnomalies: server.anomalies.length,
    nextTransitionAt: deadline,
    wouldBecome: deadline && 'OFFLINE',
    wouldBecomeReason: deadline && 'HEARTBEAT_EXPIRED',
  }
}

function serverOf(server: FakeServer) {
  return {
    ...server,
    heartbeat: { lastHeartbeatAt: server.lastHeartbeatAt, agentVersion: server.lastHeartbeatAt ? '1.4.2' : null },
    latestMetrics: () => (server.lastHeartbeatAt ? sample(server.id, server.lastHeartbeatAt.getTime()) : null),
    alertLimits: { cpuPercent: 80, memoryPercent: 90, diskPercent: 90 },
    availability: ({ from }: { from: Date }) => ({
      percent: now() - from.getTime() < 2 * 86_400_000 ? 99.6832 : 99.9684,
      aliveSeconds: 1,
      offlineSeconds: 269,
      unobservedSeconds: 1693,
      notCountedSeconds: 0,
    }),
    activeAlerts: () => server.alerts.map((alert) => ({ ...alert, server })),
    activeAnomalies: () => server.anomalies,
    statusExplanation: () => explanation(server),
    statusEvents: ({ last = 20 }: { last?: number }) =>
      page(
        events
          .filter((event) => event.server === server)
          .slice(-last)
          .map(eventOf),
      ),
  }
}

const find = (id: string) => {
  const server = servers.get(id)
  if (!server) throw new GraphQLError('There is no such server.', { extensions: { code: 'SERVER_NOT_FOUND' } })
  return server
}
const changed = (server: FakeServer, kind = 'UPDATED') => {
  server.updatedAt = new Date(now())
  tell('change', { kind, server })
  return serverOf(server)
}
const settleAlerts = (server: FakeServer) => {
  if (server.status === 'OFFLINE') return
  if (server.alerts.length > 0) server.status === 'WARNING' || change(server, 'WARNING', 'ACTIVE_ALERTS')
  else if (server.status === 'WARNING') change(server, 'ONLINE', 'HEALTHY')
}
const alertOf = (id: string) => {
  for (const server of servers.values())
    for (const alert of server.alerts) if (alert.id === id) return { server, alert }
  throw new GraphQLError('There is no such alert.', { extensions: { code: 'NOT_FOUND' } })
}

// biome-ignore lint/suspicious/noExplicitAny: the arguments of whichever field
type Args = Record<string, any>
function sample(id: string, at: number) {
  const n = Number(id) * 7 + 3
  const wave = (speed: number) => (Math.sin(at / (900_000 / speed) + n) + Math.sin(at / (230_000 / speed) + n * 3)) / 2
  return {
    at: new Date(at),
    cpuPercent: 42 + 18 * wave(1),
    memoryPercent: 66 + 8 * wave(0.2),
    swapPercent: 4,
    load1: 3 + 2 * wave(1),
    load5: 2.8 + wave(0.5),
    load15: 2.6 + 0.5 * wave(0.2),
    networkRxBytesPerSecond: 38_000_000 * (1 + 0.6 * wave(2)),
    networkTxBytesPerSecond: 16_000_000 * (1 + 0.4 * wave(3)),
    diskReadBytesPerSecond: 900_000 * (1 + wave(2)),
    diskWriteBytesPerSecond: 2_400_000 * (1 + wave(1)),
    disks: [
      { mount: '/var/lib/postgresql', usedPercent: (n * 13) % 95, usedBytes: 93e9, totalBytes: 100e9 },
      { mount: '/', usedPercent: 41, usedBytes: 41e9, totalBytes: 100e9 },
    ],
  }
}

const day = 86_400_000
const aToken = (id: string, name: string, scope: string, facts: object = {}) => ({
  id,
  name,
  scope,
  createdAt: new Date(now() - 40 * day),
  expiresAt: null,
  lastUsedAt: new Date(now() - 35_000),
  revokedAt: null,
  ...facts,
})
const tokens = [
  aToken('1', 'bootstrap', 'ADMIN'),
  aToken('2', 'chat bot', 'READ', { expiresAt: new Date(now() + 50 * day) }),
  aToken('3', 'deploy', 'OPERATE', { lastUsedAt: null, revokedAt: new Date(now() - 2 * day) }),
]

const root: Record<string, (args: Args) => unknown> = {
  fleet: () => ({
    cursor: `fake:${events.at(-1)?.id ?? 0}`,
    counts: { online: 0, warning: 0, offline: 0, neverSeen: 0, suspended: 0, total: servers.size },
    servers: () => [...servers.values()].map(serverOf),
  }),
  server: ({ id }) => (servers.has(id) ? serverOf(find(id)) : null),
  servers: ({ filter }) =>
    page([...servers.values()].filter((server) => !filter?.ids || filter.ids.includes(server.id)).map(serverOf)),
  statusEvents: ({ last }) => page(events.slice(-(last ?? 50)).map(eventOf)),
  alerts: ({ filter }) =>
    page(
      [...servers.values()]
        .filter((server) => (!filter || server.id === filter.serverId) && filter?.active !== false)
        .flatMap((server) => server.alerts.map((alert) => ({ ...alert, server: serverOf(server) }))),
    ),
  anomalies: () => page([]),
  apiTokens: () => tokens,
  metrics: ({ serverId, from, to, maxPoints }) => {
    const step = Math.max(60_000, (to.getTime() - from.getTime()) / maxPoints)
    const points = []
    for (let at = from.getTime(); at <= to.getTime() - (serverId === '15' ? 335_000 : 0); at += step) {
      if (at < now() - 24_874_000 || at > now() - 23_181_000) points.push(sample(serverId, at))
    }
    return { from, to, points }
  },
  observationGaps: () =>
    process.env.FAKE === 'empty'
      ? []
      : [{ id: '1', from: new Date(now() - 24_874_000), until: new Date(now() - 23_181_000), cause: 'HUB_DOWN' }],
  createServer: ({ input }) => {
    const { name, tags } = input
    if ([...servers.values()].some((server) => server.name === name))
      throw new GraphQLError(`There is a server named ${name} already.`, {
        extensions: { code: 'CONFLICT', field: 'input.name' },
      })
    const server = emptyServer(
      String(Math.max(0, ...[...servers.keys()].map(Number)) + 1),
      name,
      tags ?? [],
      new Date(now()),
    )
    servers.set(server.id, server)
    changed(server, 'CREATED')
    return { server: serverOf(server), agentToken: 'ssa_9fK2vQ7mXw41RtLz8cHbYd3Ns6PjUe0g' }
  },
  updateServer: ({ id, input }) => changed(Object.assign(find(id), input)),
  deleteServer: ({ id }) => {
    const server = find(id)
    servers.delete(id)
    changed(server, 'DELETED')
    return id
  },
  suspendServer: ({ id }) => {
    const server = find(id)
    server.suspended = true
    change(server, 'OFFLINE', 'SUSPENDED')
    return changed(server)
  },
  resumeServer: ({ id }) => {
    const server = find(id)
    server.suspended = false
    change(server, server.lastHeartbeatAt ? 'ONLINE' : 'OFFLINE', server.lastHeartbeatAt ? 'HEALTHY' : 'NEVER_SEEN')
    return changed(server)
  },
  rotateAgentToken: ({ id }) => ({ server: serverOf(find(id)), agentToken: 'ssa_mXw41RtLz8cHbYd3Ns6PjUe0g9fK2vQ7' }),
  acknowledgeAlert: ({ id, note }) => {
    const { server, alert } = alertOf(id)
    Object.assign(alert, {
      acknowledgedAt: new Date(now()),
      acknowledgedBy: 'Mara Keller',
      acknowledgeNote: note ?? null,
    })
    tell('alert', { ...alert, server })
    return { ...alert, server: serverOf(server) }
  },
  acknowledgeStatus: ({ serverId, note }) => {
    const server = find(serverId)
    server.statusAcknowledgement = { by: 'Mara Keller', at: new Date(now()), note: note ?? null }
    return changed(server)
  },
  unacknowledgeStatus: ({ serverId }) => changed(Object.assign(find(serverId), { statusAcknowledgement: null })),
  resolveAnomaly: ({ id, note }) => {
    for (const server of servers.values()) {
      const anomaly = server.anomalies.find((one) => one.id === id)
      if (!anomaly) continue
      server.anomalies = server.anomalies.filter((one) => one !== anomaly)
      return {
        ...anomaly,
        active: false,
        resolvedAt: new Date(now()),
        resolvedBy: 'Mara Keller',
        resolveNote: note ?? null,
      }
    }
    throw new GraphQLError('There is no such anomaly.', { extensions: { code: 'NOT_FOUND' } })
  },
  createApiToken: ({ input }) => {
    const apiToken = aToken(String(tokens.length + 1), input.name, input.scope, {
      createdAt: new Date(now()),
      lastUsedAt: null,
    })
    tokens.unshift(apiToken)
    return { token: 'ssk_Xw41RtLz8cHbYd3Ns6PjUe0g9fK2vQ7m', apiToken }
  },
  revokeApiToken: ({ id }) =>
    Object.assign(tokens.find((token) => token.id === id) ?? {}, { revokedAt: new Date(now()) }),
  resolveAlert: ({ id, note }) => {
    const { server, alert } = alertOf(id)
    Object.assign(alert, {
      resolvedAt: new Date(now()),
      resolvedBy: 'Mara Keller',
      resolveNote: note ?? null,
      active: false,
    })
    server.alerts = server.alerts.filter((other) => other !== alert)
    tell('alert', { ...alert, server })
    settleAlerts(server)
    return { ...alert, server: serverOf(server) }
  },
}

const streams: Record<string, (args: Args) => AsyncGenerator<unknown>> = {
  serverStatusChanged: ({ after, filter }) => {
    const from = after ? byCursor(after) : (events.at(-1)?.id ?? 0)
    return (async function* () {
      for await (const event of hear<FakeEvent>(
        'event',
        events.filter((event) => event.id > from),
      ))
        if (!filter?.serverIds || filter.serverIds.includes(event.server.id))
          yield { serverStatusChanged: eventOf(event) }
    })()
  },
  serverChanged: async function* ({ filter }) {
    for await (const { kind, server } of hear<{ kind: string; server: FakeServer }>('change'))
      if (!filter?.ids || filter.ids.includes(server.id)) yield { serverChanged: { kind, server: serverOf(server) } }
  },
  alertChanged: async function* () {
    for await (const alert of hear<Record<string, unknown>>('alert')) yield { alertChanged: alert }
  },
  metricsRecorded: async function* ({ serverId }) {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, 10_000))
      yield { metricsRecorded: sample(serverId, now()) }
    }
  },
  heartbeatRecorded: async function* ({ serverId }) {
    for await (const receipt of hear<{ server: FakeServer; receivedAt: Date }>('heartbeat')) {
      if (receipt.server.id === serverId)
        yield { heartbeatRecorded: { server: serverOf(receipt.server), receivedAt: receipt.receivedAt } }
    }
  },
}
const streamResolver: GraphQLFieldResolver<unknown, unknown> = (_root, args, _context, info) =>
  streams[info.fieldName]?.(args as Args)

let hanging = false
const wss = new WebSocketServer({ noServer: true })
useServer(
  {
    schema,
    roots: { query: root, mutation: root },
    execute,
    subscribe: (args) => subscribe({ ...args, subscribeFieldResolver: streamResolver }),
  },
  wss,
)

const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
}
const DIST = new URL('../dist/', import.meta.url).pathname

async function body(request: IncomingMessage): Promise<Record<string, never>> {
  let text = ''
  for await (const chunk of request) text += chunk
  return text ? JSON.parse(text) : {}
}

const LEVERS: Record<string, (server: FakeServer | undefined, query: URLSearchParams) => void> = {
  silence: (server) => server && Object.assign(server, { beating: false, lastHeartbeatAt: new Date(now() - 59_000) }),
  recover: (server) => server && Object.assign(server, { beating: true, lastHeartbeatAt: new Date(now() - 31_000) }),
  beat: (server) => server && Object.assign(server, { beating: true, lastHeartbeatAt: new Date(now() - 31_000) }),
  rename: (server, query) => server && changed(Object.assign(server, { name: query.get('to') })),
  delete: (server) => server && root.deleteServer?.({ id: server.id }),
  add: (_server, query) => root.createServer?.({ input: { name: query.get('name') } }),
  /** So many status changes a second for so long. */
  storm: (_server, query) => {
    const all = [...servers.values()].slice(300)
    const each = Number(query.get('rate') ?? 300) / 20
    let n = 0
    const timer = setInterval(() => {
      for (let i = 0; i < each; i++) {
        const server = all[n++ % all.length]
        if (server?.status === 'ONLINE') change(server, 'OFFLINE', 'HEARTBEAT_EXPIRED')
        else if (server) change(server, 'ONLINE', 'HEALTHY')
      }
    }, 50)
    setTimeout(() => clearInterval(timer), Number(query.get('seconds') ?? 10) * 1000)
  },
  hang: (_server, query) => {
    hanging = true
    for (const socket of wss.clients) (socket as unknown as { _socket: { pause(): void } })._socket.pause()
    setTimeout(
      () => {
        hanging = false
        for (const socket of wss.clients) socket.terminate()
      },
      Number(query.get('seconds') ?? 20) * 1000,
    )
  },
  die: (_server, query) => {
    for (const socket of wss.clients) socket.terminate()
    http.close()
    http.closeAllConnections()
    setTimeout(() => http.listen(PORT), Number(query.get('seconds') ?? 10) * 1000)
  },
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://hub')
  if (hanging) return
  response.setHeader('date', new Date(now()).toUTCString())
  const json = (status: number, value: unknown) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
  if (url.pathname.startsWith('/fake/')) {
    const name = url.searchParams.get('name')
    LEVERS[url.pathname.slice(6)]?.(
      [...servers.values()].find((server) => server.name === name),
      url.searchParams,
    )
    return void json(200, {})
  }
  const signedIn = request.headers.cookie?.includes('stacksense_session=')
  if (url.pathname === '/api/session' && request.method === 'POST') {
    const { token, code } = await body(request)
    if (token !== 'ssk_good' && code !== 'ssc_good')
      return void json(401, { error: 'Not known', code: 'UNAUTHENTICATED' })
    return void response
      .writeHead(204, { 'set-cookie': 'stacksense_session=x; HttpOnly; SameSite=Strict; Path=/' })
      .end()
  }
  if (url.pathname === '/api/session' && request.method === 'DELETE')
    return void response.writeHead(204, { 'set-cookie': 'stacksense_session=; Max-Age=0; Path=/' }).end()
  if (url.pathname === '/api/session')
    return signedIn ? void json(200, { name: 'Mara Keller', scope: 'admin' }) : void json(401, {})
  if (url.pathname === '/graphql') {
    const { query, variables } = await body(request)
    const document = parse(query as unknown as string)
    const errors = validate(schema, document)
    return void json(
      200,
      errors.length > 0 ? { errors } : await execute({ schema, document, rootValue: root, variableValues: variables }),
    )
  }
  const file = extname(url.pathname) && existsSync(join(DIST, url.pathname)) ? url.pathname : '/index.html'
  response.writeHead(200, {
    'content-type': TYPES[extname(file)] ?? 'text/plain',
    'content-security-policy': "default-src 'self'; frame-ancestors 'none'",
  })
  response.end(readFileSync(join(DIST, file)))
}

const http = createServer((request, response) => void answer(request, response))
http.on('upgrade', (request, socket, head) => {
  if (hanging) return
  if (!request.headers.cookie?.includes('stacksense_session='))
    return void socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n')
  wss.handleUpgrade(request, socket, head, (ws) => wss.emit('connection', ws, request))
})
http.listen(PORT, () => process.stdout.write(`fake hub on http://localhost:${PORT}/sign-in#code=ssc_good\n`))
