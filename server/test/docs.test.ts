import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { buildSchema, parse, validate } from 'graphql'
import { type Client, createClient } from 'graphql-ws'
import { describe, expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { PERMISSIONS } from '../src/access/permissions.ts'
import { ERROR_CODES } from '../src/errors.ts'
import { HAS_CURL } from './support/has-curl.ts'
import { ADMIN_TOKEN, ask, type HubProcess, scratchFolder, startHub } from './support/hub-process.ts'
import { freshDatabase } from './support/hub-scene.ts'
import { urlOf } from './support/test-database.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8')
const GUIDES = ['README.md', 'agent/README.md', ...readdirSync(join(ROOT, 'docs')).filter(isGuide).map(inDocs)]
const API = read('docs/api.md')
const schema = buildSchema(read('schema.graphql'))
const rootFields = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap((type) =>
  Object.keys(type?.getFields() ?? {}),
)

function isGuide(name: string): boolean {
  return name.endsWith('.md')
}

function inDocs(name: string): string {
  return `docs/${name}`
}

interface Block {
  readonly language: string
  readonly text: string
  readonly line: number
}

/** The fenced blocks of a page, in their order. */
function blocksOf(page: string): Block[] {
  return [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(({ 1: language = '', 2: text = '', index }) => ({
    language,
    text,
    line: page.slice(0, index).split('\n').length,
  }))
}

/** An answer's keys without its values: what an example of it promises. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf)
  if (typeof value !== 'object' || value === null) return 'value'
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, shapeOf(part)]))
}

type Data = Record<string, unknown>

/** A new hub, and the reader of a page who tries one example after the other. */
class Reader {
  #after = ''
  #tokenId: string | undefined
  #agentToken = ''

  constructor(
    readonly hub: HubProcess,
    readonly client: Client,
  ) {}

  static async begin(): Promise<Reader> {
    const hub = await startHub({ DATABASE_URL: urlOf(await freshDatabase()), STACKSENSE_DATA_DIR: scratchFolder() })
    const client = createClient({
      url: `${hub.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${ADMIN_TOKEN}` },
    })
    onTestFinished(() => void client.dispose())
    const reader = new Reader(hub, client)
    const { fleet } = await ask<{ fleet: { cursor: string } }>(hub, '{ fleet { cursor } }')
    reader.#after = fleet.cursor
    return reader
  }

  async try({ language, text }: Block, expected: Block | undefined): Promise<void> {
    if (language === 'sh') return this.#runShell(text)
    if (language !== 'graphql') return
    const data = /^subscription/.test(text)
      ? await this.#listen(text)
      : await ask<Data>(this.hub, text, this.#variables)
    this.#remember(data)
    if (expected?.language === 'json') expect(shapeOf(data)).toEqual(shapeOf(JSON.parse(expected.text)))
  }

  get #variables() {
    return { after: this.#after, id: this.#tokenId }
  }

  /** What later examples need of earlier ones. */
  #remember(data: Data): void {
    const { createApiToken, createServer } = data as {
      createApiToken?: { apiToken: { id: string } }
      createServer?: { agentToken: string }
    }
    this.#tokenId = createApiToken?.apiToken.id ?? this.#tokenId
    this.#agentToken = createServer?.agentToken ?? this.#agentToken
  }

  async #runShell(text: string): Promise<void> {
    const { stdout } = await promisify(execFile)(
      'sh',
      ['-ec', text.replaceAll('localhost:4000', new URL(this.hub.url).host)],
      {
        env: { PATH: process.env.PATH, TOKEN: ADMIN_TOKEN, AGENT_TOKEN: this.#agentToken },
      },
    )
    const { errors, data } = JSON.parse(stdout) as { errors?: unknown; data?: Data }
    expect(errors).toBeUndefined()
    if (data) this.#remember(data)
  }

  /** Subscribes and makes things happen until the first of them is told. */
  async #listen(query: string): Promise<Data> {
    const heard = this.client.iterate<Data>({ query, variables: this.#variables })
    const first = heard.next()
    const stirring = setInterval(() => void this.#stir().catch(() => undefined), 200)
    const { value } = await first.finally(() => clearInterval(stirring))
    await heard.return?.()
    expect(value.errors).toBeUndefined()
    return value.data as Data
  }

  async #stir(): Promise<void> {
    await ask(
      this.hub,
      `mutation ($text: String!) {
        recordHeartbeat(serverId: "1") { receivedAt }
        recordMetrics(serverId: "1", input: { cpuPercent: 1 }) { recordedAt }
        updateServer(id: "1", input: { description: $text }) { id }
        raiseAlert(input: { serverId: "1", key: "stir", severity: INFO, message: $text }) { id }
        raiseAnomaly(input: { serverId: "1", metric: "stir", score: 1, message: $text }) { id }
      }`,
      { text: String(performance.now()) },
    )
  }
}

test.runIf(HAS_CURL)(
  'every example of the API page works, in its order, and is answered in its shape',
  async () => {
    const reader = await Reader.begin()
    const blocks = blocksOf(API)
    expect(blocks.length).toBeGreaterThan(30)
    for (const [i, block] of blocks.entries()) {
      await reader.try(block, blocks[i + 1]).catch((error: Error) => {
        throw new Error(`docs/api.md:${block.line}: ${error.message}`, { cause: error })
      })
    }
  },
  120_000,
)

test.each(GUIDES)('every GraphQL example of %s is valid', (guide) => {
  for (const { language, text } of blocksOf(read(guide))) {
    if (language === 'graphql') expect(validate(schema, parse(text))).toEqual([])
  }
})

test.each(GUIDES)('every link of %s leads to a file, and to a heading where it names one', (guide) => {
  const prose = read(guide).replaceAll(/^```.*?^```$/gms, '')
  for (const [, target = ''] of prose.matchAll(/\]\((?!https?:)([^)]+)\)/g)) {
    const [path = '', heading] = target.split('#')
    const file = path === '' ? join(ROOT, guide) : join(ROOT, dirname(guide), path)
    expect(existsSync(file), `${guide}: ${target}`).toBe(true)
    if (heading !== undefined) expect(headingsOf(readFileSync(file, 'utf8')), `${guide}: ${target}`).toContain(heading)
  }
})

/** As a link names them. */
function headingsOf(page: string): string[] {
  return [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  )
}

describe('the API page is complete', () => {
  const examples = blocksOf(API)
    .map(({ text }) => text)
    .join('\n')

  test.each(rootFields)('%s has an example', (field) => {
    expect(examples).toMatch(new RegExp(`\\b${field}\\b`))
  })

  test.each([...ERROR_CODES, 'DEFECT'])('%s is explained', (code) => {
    expect(API).toContain(`\n| \`${code}\` |`)
  })

  test.each(Object.entries(PERMISSIONS))('who may call %s stands there', (action, permission) => {
    if (!/^(Query|Mutation|Subscription)\./.test(action)) {
      if (!action.endsWith('/graphql')) expect(API).toContain(`| \`${action}\` |`)
      return
    }
    const row = { 'own-server': 'an agent token', read: '`READ`', operate: '`OPERATE`', admin: '`ADMIN`' }[
      permission as string
    ]
    const fields = API.split('\n').find(
      (line) => line.startsWith(`| ${row} |`) && line.includes('`fleet`') === (permission === 'read'),
    )
    expect(fields, action).toContain(`\`${action.split('.')[1]}\``)
  })
})

test('every variable of the configuration is explained in the operations guide', () => {
  const names = [...read('server/src/config.ts').matchAll(/^ {2}([A-Z_]+): (?:z\.|z$|flag)/gm)].map(([, name]) => name)
  expect(names.length).toBeGreaterThan(8)
  for (const name of names) expect(read('docs/operations.md')).toContain(`\n| \`${name}\` |`)
})
