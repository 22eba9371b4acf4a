import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { HAS_CURL } from './support/has-curl.ts'
import { ADMIN_TOKEN, ask, type HubProcess, scratchFolder, startHub } from './support/hub-process.ts'
import { freshDatabase } from './support/hub-scene.ts'
import { urlOf } from './support/test-database.ts'

const EXAMPLES = fileURLToPath(new URL('../../examples', import.meta.url))
const PATIENCE = { timeout: 30_000, interval: 50 }

/** Whole programs are started again and again, perhaps on a busy machine. */
vi.setConfig({ testTimeout: 120_000 })

interface Ran {
  readonly process: ChildProcess
  readonly out: () => string
  readonly err: () => string
  readonly ended: Promise<number | null>
  kill(): Promise<void>
}

/** Runs an example as a user would, with nothing in its environment but this; it ends with the test. */
function run(command: readonly string[], cwd: string, env: Readonly<Record<string, string>>): Ran {
  const [program = '', ...args] = command
  const child = spawn(program, args, { cwd, env: { PATH: process.env.PATH, ...env } })
  let out = ''
  let err = ''
  child.stdout.on('data', (bytes) => {
    out += bytes
  })
  child.stderr.on('data', (bytes) => {
    err += bytes
  })
  const ended = once(child, 'close').then(([code]) => code as number | null)
  const kill = async () => {
    child.kill('SIGKILL')
    await ended
  }
  onTestFinished(kill)
  return { process: child, out: () => out, err: () => err, ended, kill }
}

const node = (example: string, ...args: string[]) => [process.execPath, join(EXAMPLES, example), ...args]

async function scene() {
  const dataDir = scratchFolder()
  const hub = await startHub({ DATABASE_URL: urlOf(await freshDatabase()), STACKSENSE_DATA_DIR: dataDir })
  return { hub, dataDir, folder: scratchFolder() }
}

async function addServer(hub: HubProcess, name: string): Promise<string> {
  const { createServer } = await ask<{ createServer: { server: { id: string } } }>(
    hub,
    'mutation ($name: String!) { createServer(input: { name: $name }) { server { id } } }',
    { name },
  )
  return createServer.server.id
}

async function beat(hub: HubProcess, id: string): Promise<void> {
  await ask(hub, 'mutation ($id: ID!) { recordHeartbeat(serverId: $id) { receivedAt } }', { id })
}

/** Two status events: suspended, resumed. */
async function flap(hub: HubProcess, id: string): Promise<void> {
  await ask(hub, 'mutation ($id: ID!) { suspendServer(id: $id) { id } }', { id })
  await ask(hub, 'mutation ($id: ID!) { resumeServer(id: $id) { id } }', { id })
}

async function cursorsOf(hub: HubProcess): Promise<string[]> {
  const { statusEvents } = await ask<{ statusEvents: { nodes: { cursor: string }[] } }>(
    hub,
    '{ statusEvents(first: 1000) { nodes { cursor } } }',
  )
  return statusEvents.nodes.map((event) => event.cursor)
}

describe('bot.mjs', () => {
  /** The cursors of the events that the bot has written down; its first line only says where it began. */
  const written = (file: string) =>
    (existsSync(file) ? readFileSync(file, 'utf8') : '')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as { cursor: string; to?: string })
      .flatMap(({ cursor, to }) => (to ? [cursor] : []))

  test('has every event once, killed again and again, on a hub that is killed too', async () => {
    const started = await scene()
    let { hub } = started
    const id = await addServer(hub, 'web-1')
    const file = join(started.folder, 'events.jsonl')
    const startBot = () => run(node('bot.mjs', file), started.folder, { STACKSENSE_DATA_DIR: started.dataDir })
    let bot = startBot()
    await expect.poll(() => existsSync(file), PATIENCE).toBe(true)
    await beat(hub, id)

    for (let round = 0; round < 4; round++) {
      for (let i = 0; i < 5; i++) await flap(hub, id)
      await bot.kill() // it may have heard all of them, some or none
      await flap(hub, id)
      bot = startBot()
    }
    await expect.poll(() => written(file).length, PATIENCE).toBe((await cursorsOf(hub)).length)

    await hub.kill('SIGKILL')
    hub = await startHub({ ...hub.environment, PORT: new URL(hub.url).port })
    await flap(hub, id)
    await expect.poll(() => written(file).length, PATIENCE).toBe((await cursorsOf(hub)).length)
    expect(written(file)).toEqual(await cursorsOf(hub))
    expect(bot.out()).toContain('web-1 is OFFLINE (SUSPENDED)')
  })

  test('ends with a sentence where it finds no hub, or its token is refused', async () => {
    const { hub, folder } = await scene()
    const lost = run(node('bot.mjs'), folder, { STACKSENSE_DATA_DIR: folder })
    expect(await lost.ended).toBe(1)
    expect(lost.err()).toMatch(/^No hub found: .+\n$/)

    const refused = run(node('bot.mjs'), folder, { STACKSENSE_API_URL: hub.url, STACKSENSE_TOKEN: 'no such token' })
    expect(await refused.ended).toBe(1)
    expect(refused.err()).toBe('4401: Unauthorized\n')
  })

  test('finds a living hub among several addresses', async () => {
    const { hub, folder } = await scene()
    const id = await addServer(hub, 'web-1')
    const urls = `http://127.0.0.1:1, ${hub.url}/`
    const bot = run(node('bot.mjs'), folder, { STACKSENSE_API_URL: urls, STACKSENSE_TOKEN: ADMIN_TOKEN })
    await expect.poll(() => existsSync(join(folder, 'events.jsonl')), PATIENCE).toBe(true)
    await beat(hub, id)
    await expect.poll(bot.out, PATIENCE).toContain('web-1 is ONLINE (HEALTHY)')
  })
})

describe('webhook-bot.mjs', () => {
  /** A chat that answers with these codes, one after the other, and with 200 from then on. */
  async function chat(...codes: number[]) {
    const heard: { text: string; key: string | undefined; status: number }[] = []
    const server = createServer(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += chunk
      const status = codes.shift() ?? 200
      heard.push({ text: JSON.parse(body).text, key: request.headers['idempotency-key'] as string, status })
      response.writeHead(status, { 'retry-after': '0' }).end()
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    const taken = () => heard.filter(({ status }) => status === 200).map(({ text }) => text)
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, heard, taken }
  }

  test('tells of silence and return in sentences, retries, and goes on where it was killed', async () => {
    const { hub, dataDir, folder } = await scene()
    const id = await addServer(hub, 'web <1>')
    const { url, heard, taken } = await chat(503, 429)
    const start = () => run(node('webhook-bot.mjs'), folder, { STACKSENSE_DATA_DIR: dataDir, WEBHOOK_URL: url })
    const bot = start()
    await expect.poll(() => existsSync(join(folder, 'webhook-bot.cursor')), PATIENCE).toBe(true)

    await beat(hub, id)
    await expect
      .poll(taken, PATIENCE)
      .toEqual([expect.stringMatching(/^web &lt;1&gt; is ONLINE since [\d:]+ UTC: its first heartbeat came\.$/)])
    expect(heard.map(({ status }) => status)).toEqual([503, 429, 200])
    expect(new Set(heard.map(({ key }) => key)).size).toBe(1)
    expect(bot.err()).toContain('Not delivered (503); trying again.')
    // Killed before it has noted the delivery, it would rightly deliver again.
    const noted = () => readFileSync(join(folder, 'webhook-bot.cursor'), 'utf8').trim()
    await expect.poll(async () => (await cursorsOf(hub)).at(-1) === noted(), PATIENCE).toBe(true)
    await bot.kill()

    await ask(hub, 'mutation ($id: ID!) { updateServer(id: $id, input: { offlineAfterSeconds: 2 }) { id } }', { id })
    await expect.poll(() => cursorsOf(hub), PATIENCE).toHaveLength(2) // it fell silent while nobody listened
    start()
    await expect
      .poll(() => taken().at(-1), PATIENCE)
      .toMatch(/ is OFFLINE since .+: its last heartbeat came at .+ UTC\.$/)
    expect(taken()).toHaveLength(2)
  })

  test('a chat that refuses for good ends it, and the event stays to be told', async () => {
    const { hub, dataDir, folder } = await scene()
    const id = await addServer(hub, 'web-1')
    const { url, taken } = await chat(404)
    const start = () => run(node('webhook-bot.mjs'), folder, { STACKSENSE_DATA_DIR: dataDir, WEBHOOK_URL: url })
    const bot = start()
    await expect.poll(() => existsSync(join(folder, 'webhook-bot.cursor')), PATIENCE).toBe(true)
    await beat(hub, id)
    expect(await bot.ended).toBe(1)
    expect(bot.err()).toBe('The chat refused with 404. Is WEBHOOK_URL right?\n')

    start()
    await expect.poll(taken, PATIENCE).toHaveLength(1)
  })
})

describe.runIf(HAS_CURL)('offline-servers.sh', () => {
  const script = ['sh', join(EXAMPLES, 'offline-servers.sh')]

  test('prints the OFFLINE servers, whatever their names are', async () => {
    const { hub, dataDir, folder } = await scene()
    const names = ['plain', 'with "quotes" and \\', '{"id":"9","name":"sly"},', 'späte Öfen 🔥']
    for (const name of names) await addServer(hub, name)
    await beat(hub, await addServer(hub, 'alive'))

    const asked = run(script, folder, { STACKSENSE_DATA_DIR: dataDir })
    expect(await asked.ended).toBe(0)
    const lines = asked.out().trimEnd().split('\n')
    expect(lines.map((line) => line.split(' ').slice(3).join(' '))).toEqual(names)
    expect(lines[0]).toMatch(/^1 NEVER_SEEN \d{4}-\d\d-\d\dT[\d:.]+Z plain$/)
    expect(asked.err()).toBe('')
  })

  test('prints nothing where all are alive, and every page of a thousand that are not', async () => {
    const { hub, folder } = await scene()
    const env = { STACKSENSE_API_URL: `http://127.0.0.1:1,${hub.url}`, STACKSENSE_TOKEN: ADMIN_TOKEN }
    const quiet = run(script, folder, env)
    expect(await quiet.ended).toBe(0)
    expect(quiet.out()).toBe('')

    for (let i = 0; i < 1_010; i += 10) {
      const fields = Array.from(
        { length: 10 },
        (_, n) => `s${n}: createServer(input: { name: "s-${i + n}" }) { agentToken }`,
      )
      await ask(hub, `mutation { ${fields.join(' ')} }`)
    }
    const asked = run(script, folder, env)
    expect(await asked.ended).toBe(0)
    expect(new Set(asked.out().trimEnd().split('\n')).size).toBe(1_010)
  })

  test('says why it could not ask', async () => {
    const { hub, folder } = await scene()
    const outcomes = [
      [{ STACKSENSE_DATA_DIR: folder }, /^No hub found/],
      [{ STACKSENSE_API_URL: 'http://127.0.0.1:1', STACKSENSE_TOKEN: 'x' }, /The hub could not be reached\.\n$/],
      [{ STACKSENSE_API_URL: hub.url, STACKSENSE_TOKEN: 'x' }, /^The hub refused: .*UNAUTHENTICATED/],
    ] as const
    for (const [env, sentence] of outcomes) {
      const asked = run(script, folder, env)
      expect(await asked.ended).toBe(2)
      expect(asked.err()).toMatch(sentence)
    }
  })
})
