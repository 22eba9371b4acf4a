import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buildSchema, graphql } from 'graphql'
import { useServer } from 'graphql-ws/use/ws'
import { WebSocketServer } from 'ws'
import type { HubAddress } from '../hub-address.ts'
import type { Status } from '../story.ts'

const TOKEN = 'admin'
const TICK_MS = 5

const SCHEMA = buildSchema(`
  type Query { servers(filter: ServerFilter, first: Int, after: String): Servers!  observationGaps(from: DateTime): [Gap!]! }
  type Mutation { createServer(input: CreateServerInput!): Created!  deleteServer(id: ID!): ID! }
  type Subscription { serverStatusChanged(filter: StatusEventFilter, after: String): Event! }
  input ServerFilter { tags: [String!] }
  input StatusEventFilter { tags: [String!] }
  input CreateServerInput { name: String!, tags: [String!], description: String, offlineAfterSeconds: Float }
  scalar DateTime
  type Servers { nodes: [Server!]!  pageInfo: PageInfo!  feedCursor: String! }
  type PageInfo { hasNextPage: Boolean!  endCursor: String }
  type Server { id: ID!  name: String!  status: String!  heartbeat: Heartbeat! }
  type Heartbeat { lastHeartbeatAt: String }
  type Created { server: Server!  agentToken: String! }
  type Gap { from: String!  until: String! }
  type Event { cursor: String!  server: Server!  from: String  to: String!  reason: String!  at: String!  detectedAt: String! }
`)

interface FakeServer {
  readonly id: string
  readonly name: string
  readonly offlineAfterMs: number
  status: Status
  heardAt: number | null
}

interface FakeEvent {
  readonly cursor: string
  readonly server: { readonly id: string }
  readonly from: Status
  readonly to: Status
  readonly reason: string
  readonly at: string
  readonly detectedAt: string
}

/** A hub in memory, honest unless told otherwise: enough of the API for the simulator, over real sockets. */
export class FakeHub {
  readonly servers = new Map<string, FakeServer>()
  readonly events: FakeEvent[] = []
  /** A lie: these servers' deaths go unnoticed. By name. */
  readonly blindTo = new Set<string>()
  /** A lie: each event is told so many times. */
  tellings = 1
  /** What every heartbeat is answered with instead of a success. */
  heartbeatStatus: number | undefined
  /** So many heartbeats fail on it before it takes any. */
  failures = 0
  readonly #http: Server
  readonly #sockets: WebSocketServer
  readonly #waiting = new Set<() => void>()
  readonly #timer: NodeJS.Timeout
  #nextId = 1

  private constructor() {
    this.#http = createServer((request, response) => void this.#answer(request, response))
    this.#sockets = new WebSocketServer({ server: this.#http, path: '/graphql' })
    useServer(
      {
        schema: SCHEMA,
        roots: { subscription: this.#root },
        onConnect: (context) => context.connectionParams?.authorization === `Bearer ${TOKEN}`,
      },
      this.#sockets,
    )
    this.#timer = setInterval(() => this.#expire(), TICK_MS)
  }

  static async start(): Promise<FakeHub> {
    const hub = new FakeHub()
    await new Promise<void>((resolve) => hub.#http.listen(0, '127.0.0.1', resolve))
    return hub
  }

  get address(): HubAddress {
    return { urls: [`http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`], token: TOKEN }
  }

  /** A lie when the server is alive. */
  change(server: FakeServer, to: Status, reason: string, at: number): void {
    for (let telling = 0; telling < this.tellings; telling += 1) {
      this.events.push({
        cursor: String(this.events.length + 1),
        server: { id: server.id },
        from: server.status,
        to,
        reason,
        at: new Date(at).toISOString(),
        detectedAt: new Date().toISOString(),
      })
    }
    server.status = to
    this.#wakeAll()
  }

  /** Every listener loses its connection. */
  disconnectAll(): void {
    for (const socket of this.#sockets.clients) socket.terminate()
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    this.disconnectAll()
    this.#sockets.close()
    this.#http.closeAllConnections()
    await new Promise((resolve) => this.#http.close(resolve))
  }

  #expire(): void {
    for (const server of this.servers.values()) {
      if (server.heardAt === null || server.status === 'OFFLINE' || this.blindTo.has(server.name)) continue
      const deadline = server.heardAt + server.offlineAfterMs
      if (Date.now() > deadline) this.change(server, 'OFFLINE', 'HEARTBEAT_EXPIRED', deadline)
    }
  }

  #wakeAll(): void {
    for (const wake of this.#waiting) wake()
    this.#waiting.clear()
  }

  readonly #root = {
    servers: () => ({
      nodes: [...this.servers.values()].map(stored),
      pageInfo: { hasNextPage: false },
      feedCursor: String(this.events.length),
    }),
    observationGaps: () => [],
    createServer: ({ input }: { input: { name: string; offlineAfterSeconds: number } }) => {
      const id = String(this.#nextId++)
      const server: FakeServer = {
        id,
        name: input.name,
        offlineAfterMs: input.offlineAfterSeconds * 1_000,
        status: 'OFFLINE',
        heardAt: null,
      }
      this.servers.set(id, server)
      return { server: stored(server), agentToken: `agent-${id}` }
    },
    deleteServer: ({ id }: { id: string }) => {
      this.servers.delete(id)
      return id
    },
    serverStatusChanged: ({ after }: { after: string }) => this.#follow(Number(after)),
  }

  async *#follow(after: number) {
    for (let next = after; ; ) {
      const event = this.events[next]
      if (event) {
        yield { serverStatusChanged: event }
        next += 1
      } else {
        await new Promise<void>((resolve) => this.#waiting.add(resolve))
      }
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'))
    const id = /^\/api\/heartbeat\/(\d+)\/$/.exec(request.url ?? '')?.[1]
    const refusal = id === undefined ? undefined : this.#refusal()
    const answer = id === undefined ? await this.#graphql(body) : this.#heartbeat(id, refusal)
    response.writeHead(refusal ?? 200).end(JSON.stringify(answer))
  }

  #refusal(): number | undefined {
    if (this.failures === 0) return this.heartbeatStatus
    this.failures -= 1
    return 503
  }

  #graphql(body: unknown) {
    const { query: source, variables: variableValues } = body as { query: string; variables: Record<string, unknown> }
    return graphql({ schema: SCHEMA, source, variableValues, rootValue: this.#root })
  }

  #heartbeat(id: string, refusal: number | undefined) {
    const server = this.servers.get(id)
    if (!server || refusal !== undefined) return { error: 'no' }
    const now = Date.now()
    server.heardAt = now
    if (server.status === 'OFFLINE') this.change(server, 'ONLINE', 'HEALTHY', now)
    return { server_id: Number(id), heartbeat_received: true, timestamp: new Date(now).toISOString() }
  }
}

function stored({ id, name, status, heardAt }: FakeServer) {
  return { id, name, status, heartbeat: { lastHeartbeatAt: heardAt === null ? null : new Date(heardAt).toISOString() } }
}
