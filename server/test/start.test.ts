import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { urlOf } from './support/app-scene.ts'
import { freshDatabase } from './support/hub-scene.ts'

const SERVER = fileURLToPath(new URL('..', import.meta.url))
const AGENT = fileURLToPath(new URL('../../agent/dist/stacksense-agent.js', import.meta.url))

// Each test starts the program from its sources, which takes long where other programs run.
vi.setConfig({ testTimeout: 120_000 })

interface Started {
  readonly child: ChildProcess
  readonly dataDir: string
  /** Everything that was printed up to now. */
  readonly out: () => string
  readonly err: () => string
  /** How it ended. */
  readonly ended: Promise<{ code: number | null; signal: string | null }>
}

/** The program itself, as `npm start` runs it, with nothing in its environment but this. */
function start(env: Readonly<Record<string, string>>): Started {
  const dataDir = mkdtempSync(join(tmpdir(), 'stacksense-start-'))
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts'], {
    cwd: SERVER,
    env: {
      PATH: process.env.PATH,
      TSX_TSCONFIG_PATH: 'tsconfig.json',
      PORT: '0',
      STACKSENSE_HOST: '127.0.0.1',
      STACKSENSE_DATA_DIR: dataDir,
      STACKSENSE_LOCAL_AGENT: 'false',
      ...env,
    },
  })
  let out = ''
  let err = ''
  child.stdout.on('data', (bytes) => {
    out += bytes
  })
  child.stderr.on('data', (bytes) => {
    err += bytes
  })
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal }))
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
    rmSync(dataDir, { recursive: true, force: true })
  })
  return { child, dataDir, out: () => out, err: () => err, ended }
}

async function startReady(env: Readonly<Record<string, string>> = {}) {
  const hub = start({ DATABASE_URL: urlOf((await freshDatabase()).connection), ...env })
  await expect.poll(hub.out, { timeout: 60_000, interval: 20 }).toContain('Sign in')
  return hub
}

describe('what cannot start ends with one clear sentence', () => {
  test.each([
    ['a bad port', { PORT: 'http' }, /^PORT: .+\n$/],
    ['a short bootstrap token', { STACKSENSE_BOOTSTRAP_TOKEN: 'short' }, /^STACKSENSE_BOOTSTRAP_TOKEN: .+\n$/],
    ['a bad database address', { DATABASE_URL: 'mysql://here' }, /^DATABASE_URL: .+\n$/],
    ['an unreachable database', { DATABASE_URL: 'postgres://u:hunter2@127.0.0.1:1/x' }, /^DATABASE_URL: .+\n$/],
  ])('%s', async (_, env, sentence) => {
    const hub = start(env as unknown as Record<string, string>)
    expect(await hub.ended).toEqual({ code: 1, signal: null })
    expect(hub.err()).toMatch(sentence)
    expect(hub.err()).not.toContain('hunter2')
  })

  test('a taken port', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    onTestFinished(() => void taken.close())
    const { port } = taken.address() as { port: number }
    const hub = start({ PORT: String(port), DATABASE_URL: urlOf((await freshDatabase()).connection) })
    expect(await hub.ended).toEqual({ code: 1, signal: null })
    expect(
      hub
        .err()
        .split('\n')
        .filter((line) => !line.startsWith('{')),
    ).toEqual([`Port ${port} is in use. Choose another with PORT=…`, ''])
  })
})

/** Connections that neither come about nor fail, and keep no process alive. */
const NO_CONNECTIONS = `import net from 'node:net'; net.Socket.prototype.connect = function () { return this }`

test('a start that waits for what can never come says so', async () => {
  const hub = start({
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing',
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(NO_CONNECTIONS)}`,
  })
  expect(await hub.ended).toEqual({ code: 1, signal: null })
  expect(hub.err()).toMatch(/^StackSense could not start because of a defect: it waited for what can never come .+\n$/)
})

describe('a hub that runs', () => {
  test('says where it is and how to get in, and logs lines of JSON without any secret', async () => {
    const hub = await startReady()
    expect(hub.out()).toMatch(/ready at http:\/\/localhost:\d+\n/)
    const code = /#code=(ssc_[\w-]+)/.exec(hub.out())?.[1] as string
    const { token } = JSON.parse(readFileSync(join(hub.dataDir, 'hub.json'), 'utf8'))
    hub.child.kill('SIGTERM')
    await hub.ended
    for (const line of hub.err().trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('msg')
    for (const secret of [code, token]) expect(hub.err()).not.toContain(secret)
  })

  test.each(['SIGTERM', 'SIGINT'] as const)('ends in order on %s, with connections open', async (signal) => {
    const hub = await startReady()
    const { url } = JSON.parse(readFileSync(join(hub.dataDir, 'hub.json'), 'utf8'))
    await (await fetch(`${url}/healthz`)).text() // its connection is kept
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
    await once(socket, 'open')

    const asked = performance.now()
    hub.child.kill(signal)
    hub.child.kill(signal) // as a terminal and npm do together
    expect(await hub.ended).toEqual({ code: 0, signal: null })
    expect(performance.now() - asked).toBeLessThan(10_000)
    await expect(fetch(`${url}/healthz`)).rejects.toThrow()
  })
})

/** Processes that run the agent for this hub. */
function agentsOf(url: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      const isAgent = readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`${AGENT}\0`)
      return isAgent && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`STACKSENSE_API_URL=${url}\0`)
    } catch {
      return false
    }
  })
}

describe.skipIf(!existsSync(AGENT))('the machine that it runs on', () => {
  test('is ONLINE at once, and its agent ends with a hub that is killed', async () => {
    const hub = await startReady({ STACKSENSE_LOCAL_AGENT: 'true' })
    const { url, token } = JSON.parse(readFileSync(join(hub.dataDir, 'hub.json'), 'utf8'))
    const statuses = async () => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      const body = JSON.stringify({ query: '{ fleet { servers { status } } }' })
      const { data } = (await (await fetch(`${url}/graphql`, { method: 'POST', headers, body })).json()) as {
        data: { fleet: { servers: unknown[] } }
      }
      return data.fleet.servers
    }
    await expect.poll(statuses, { timeout: 60_000 }).toEqual([{ status: 'ONLINE' }])
    expect(agentsOf(url).length).toBeGreaterThan(0)

    hub.child.kill('SIGKILL')
    await expect.poll(() => agentsOf(url), { timeout: 30_000 }).toEqual([])
  })
})
