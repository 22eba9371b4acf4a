import { type Client, createClient } from 'graphql-ws'
import pg from 'pg'
import { pino } from 'pino'
import { onTestFinished, vi } from 'vitest'
import { WebSocket } from 'ws'
import { Authenticator } from '../src/access/authenticator.ts'
import { AccessRules } from '../src/access/permissions.ts'
import { hashToken, newToken } from '../src/access/tokens.ts'
import { createApollo } from '../src/graphql/apollo.ts'
import type { Services } from '../src/graphql/context.ts'
import { createSchema } from '../src/graphql/schema.ts'
import type { SocketLimits } from '../src/graphql/socket-limit.ts'
import { createHttp } from '../src/http/listen.ts'
import type { Hub } from '../src/hub.ts'
import { createApiToken, findByTokenHash, type Scope } from '../src/store/api-tokens.ts'
import { LISTENER } from '../src/store/pool.ts'
import { findSession } from '../src/store/sessions.ts'
import { freshDatabase, openHub } from './support/hub-scene.ts'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: tests look into it
  readonly data?: any
  readonly errors?: readonly { message: string; path?: unknown; extensions: Record<string, unknown> }[]
}

/** A hub behind a real port, with a token of each scope. */
export interface Scene {
  readonly hub: Hub
  readonly url: string
  readonly tokens: Readonly<Record<Scope, string>>
  /** What was taken for a defect. */
  readonly log: ReturnType<typeof vi.fn<(error: unknown) => void>>
  /** Asks as admin, or with this token; null sends none. */
  ask(query: string, variables?: object, token?: string | null): Promise<Answer>
  /** The same, for what must succeed: its data. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into it
  data(query: string, variables?: object, token?: string): Promise<any>
  socket(token?: string | null): Client
  /** Closes the port; done with the test in any case. */
  stop(): Promise<void>
  createServer(name: string, input?: object): Promise<{ id: string; token: string }>
}

export interface SceneOptions {
  readonly openIngest?: boolean
  readonly limits?: Partial<SocketLimits>
}

export async function graphqlScene(options: SceneOptions = {}): Promise<Scene> {
  const hub = await openHub(await freshDatabase())
  const { log, url, stop } = await serve(hub, options)
  const tokens = {
    read: await addToken(hub, 'read'),
    operate: await addToken(hub, 'operate'),
    admin: await addToken(hub, 'admin'),
  }

  const ask: Scene['ask'] = async (query, variables, token = tokens.admin) => {
    const response = await post(url, JSON.stringify({ query, variables }), token)
    return { status: response.status, headers: response.headers, ...((await response.json()) as object) }
  }
  const data: Scene['data'] = async (query, variables, token) => {
    const answer = await ask(query, variables, token)
    if (answer.errors) throw new Error(JSON.stringify(answer.errors))
    return answer.data
  }
  return {
    hub,
    url,
    tokens,
    log,
    stop,
    ask,
    data,
    socket: (token = tokens.admin) => openSocket(url, token),
    createServer: async (name, input = {}) => {
      const { createServer } = await data(
        'mutation ($input: CreateServerInput!) { createServer(input: $input) { server { id } agentToken } }',
        { input: { name, ...input } },
      )
      return { id: createServer.server.id, token: createServer.agentToken }
    },
  }
}

export function post(url: string, body: string, token: string | null): Promise<Response> {
  const authorization = token === null ? {} : { authorization: `Bearer ${token}` }
  return fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...authorization }, body })
}

/** The codes of an answer's errors, with the field at fault where there is one. */
export function codesOf({ errors }: Pick<Answer, 'errors'>): string[] {
  return (errors ?? []).map(({ extensions: { code, field } }) => (field === undefined ? `${code}` : `${code} ${field}`))
}

/** How many statements the hub sends to answer; its own background work, as to ask whether it still listens, is none of it. */
export async function countStatements(work: () => Promise<unknown>): Promise<number> {
  const counts: number[] = []
  for (let round = 0; round < 5; round++) {
    const sent = vi.spyOn(pg.Client.prototype, 'query')
    await work()
    counts.push(sent.mock.contexts.filter((client) => !nameOf(client).startsWith(LISTENER)).length)
    sent.mockRestore()
  }
  return Math.min(...counts)
}

/** A client knows what it was connected with; its type does not say so. */
function nameOf(client: unknown): string {
  return (client as { connectionParameters: { application_name: string } }).connectionParameters.application_name
}

async function serve(hub: Hub, { openIngest = false, limits }: SceneOptions) {
  const { store, writer, samples, rhythm, retention, statusFeed, changeFeed } = hub
  const log = vi.fn<(error: unknown) => void>()
  const services: Services = {
    store,
    writer,
    samples,
    rhythm,
    retention,
    statusFeed,
    changeFeed,
    access: new AccessRules({ openIngest }),
    log,
  }
  const authenticator = new Authenticator({
    findByTokenHash: (hash) => findByTokenHash(store, hash),
    findSession: (hash) => findSession(store, hash),
  })
  hub.onCredentialsChanged(() => authenticator.forget())
  const schema = await createSchema()
  const apollo = createApollo(schema, services)
  const silent = pino({ level: 'silent' })
  const http = await createHttp({
    config: { publicUrl: undefined, maxSockets: 200, maxSocketsPerCaller: 100, ...limits },
    services,
    apollo,
    schema,
    authenticator,
    figures: hub.figures.of(hub),
    webRoot: '/nowhere',
    log: silent,
  })
  const address = await http.listen({ host: '127.0.0.1', port: 0 })
  const stop = async () => {
    await http.close()
  }
  onTestFinished(stop)
  return { log, url: `${address}/graphql`, stop }
}

async function addToken(hub: Hub, scope: Scope): Promise<string> {
  const token = newToken('api')
  await createApiToken(hub.store, { name: `test ${scope}`, scope, hash: hashToken(token), expiresAt: null })
  return token
}

function openSocket(url: string, token: string | null): Client {
  const client = createClient({
    url: url.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    ...(token === null ? {} : { connectionParams: { authorization: `Bearer ${token}` } }),
  })
  onTestFinished(async () => {
    await client.dispose()
  })
  return client
}
