import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type RunningApp, startApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { createLog } from '../../src/log.ts'
import type { DatabaseConnection } from '../../src/store/pool.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

export const ADMIN_TOKEN = 'an-admin-token-for-tests-of-32-characters-or-more'

/** The whole program on a database of its own and a free port; it ends with the test. */
export async function startTestApp(env: Readonly<Record<string, string>> = {}, databaseUrl?: string): Promise<TestApp> {
  const app = await openTestApp(env, databaseUrl)
  onTestFinished(() => app.remove())
  return app
}

/** The same for several tests: whoever opens it removes it. */
export async function openTestApp(env: Readonly<Record<string, string>> = {}, databaseUrl?: string): Promise<TestApp> {
  const database = databaseUrl === undefined ? await createTestDatabase() : undefined
  const url = databaseUrl ?? urlOf((database as TestDatabase).connection)
  const dataDir = env.STACKSENSE_DATA_DIR ?? mkdtempSync(join(tmpdir(), 'stacksense-app-'))
  const logged: string[] = []
  const told: string[] = []
  const config = readConfig({
    PORT: '0',
    STACKSENSE_HOST: '127.0.0.1',
    STACKSENSE_DATA_DIR: dataDir,
    STACKSENSE_LOCAL_AGENT: 'false',
    STACKSENSE_BOOTSTRAP_TOKEN: ADMIN_TOKEN,
    LOG_LEVEL: 'debug',
    DATABASE_URL: url,
    ...env,
  })
  const log = createLog({
    level: config.logLevel,
    readable: false,
    output: { write: (line) => void logged.push(line) },
  })
  const running = await startApp(config, (line) => void told.push(line), log)
  const hub = JSON.parse(readFileSync(join(dataDir, 'hub.json'), 'utf8')) as { url: string }
  return new TestApp(hub.url, running.signInLink, dataDir, url, logged, told, running, database)
}

export class TestApp {
  constructor(
    readonly url: string,
    readonly signInLink: string,
    readonly dataDir: string,
    readonly databaseUrl: string,
    /** Lines of the log. */
    readonly logged: readonly string[],
    /** Lines of progress. */
    readonly told: readonly string[],
    readonly running: RunningApp,
    readonly database: TestDatabase | undefined,
  ) {}

  /** Stops the program; once is enough. */
  stop(): Promise<void> {
    return this.running.stop()
  }

  /** Stops the program and removes what it left. */
  async remove(): Promise<void> {
    await this.stop()
    await this.database?.drop()
    rmSync(this.dataDir, { recursive: true, force: true })
  }

  /** The code in the sign-in link. */
  get code(): string {
    return this.signInLink.split('#code=')[1] ?? ''
  }

  /** POST with a JSON body; a string or bytes go as they are. */
  post(path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    const raw = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body)
    const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' }
    return fetch(this.url + path, { method: 'POST', headers: { ...type, ...headers }, body: (raw as string) ?? null })
  }

  /** A GraphQL call by the admin, or by whoever the headers say. */
  async graphql(
    query: string,
    variables: Readonly<Record<string, unknown>> = {},
    headers: Readonly<Record<string, string>> = { authorization: `Bearer ${ADMIN_TOKEN}` },
  ) {
    const response = await this.post('/graphql', { query, variables }, headers)
    const answer = (await response.json()) as GraphQLAnswer
    return { status: response.status, headers: response.headers, ...answer, code: answer.errors?.[0]?.extensions.code }
  }

  /** A new server and its agent's token. */
  async addServer(name: string): Promise<{ id: string; token: string }> {
    const { data } = await this.graphql(
      'mutation ($name: String!) { createServer(input: { name: $name }) { server { id } agentToken } }',
      { name },
    )
    return { id: data.createServer.server.id, token: data.createServer.agentToken }
  }
}

interface GraphQLAnswer {
  // biome-ignore lint/suspicious/noExplicitAny: its shape is the query's
  readonly data?: any
  readonly errors?: readonly {
    readonly message: string
    readonly extensions: { readonly code: string; readonly field?: string }
  }[]
}

/** A connection as an address, as `DATABASE_URL` has it. */
export function urlOf(connection: DatabaseConnection): string {
  if (connection.connectionString) return connection.connectionString
  const { user, host, port, database } = connection
  return `postgresql://${user}@localhost/${database}?host=${host}${port ? `&port=${port}` : ''}`
}
