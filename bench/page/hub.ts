import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../server/dist/main.js', import.meta.url))
const TOKEN = 'an-admin-token-for-the-bench-0123456789'
const AT_ONCE = 50
const SIDE_BY_SIDE = 8
/** Those that flap: each twice in four seconds, 300 changes a second. */
export const FLAPPING = 600
/** A server that flaps has the shortest limit that there is. */
export const FLAP_LIMIT_SECONDS = 2

export interface BenchHub {
  readonly url: string
  readonly token: string
  /** Ids of all servers; the first `FLAPPING` have a limit of 2 s, the rest one of a day. */
  readonly ids: readonly string[]
  ask<T>(query: string, variables?: object): Promise<T>
  stop(): Promise<void>
}

/** A hub of its own with an embedded database, and so many servers that have beaten once. */
export async function startBenchHub(servers: number): Promise<BenchHub> {
  const folder = mkdtempSync(join(tmpdir(), 'stacksense-bench-'))
  chmodSync(folder, 0o711)
  const child = spawn(process.execPath, [MAIN], {
    env: {
      PATH: process.env.PATH,
      PORT: '0',
      STACKSENSE_HOST: '127.0.0.1',
      STACKSENSE_LOCAL_AGENT: 'false',
      STACKSENSE_BOOTSTRAP_TOKEN: TOKEN,
      STACKSENSE_DATA_DIR: join(folder, 'data'),
      LOG_LEVEL: 'error',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const found = / ready at (\S+)/.exec(line)?.[1]
      if (found) resolve(found)
    })
    void exited.then(([code]) => reject(new Error(`The hub ended with ${code}.`)))
  })
  async function ask<T>(query: string, variables: object = {}): Promise<T> {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
      body: JSON.stringify({ query, variables }),
    })
    const { data, errors } = (await response.json()) as { data: T; errors?: unknown[] }
    if (errors) throw new Error(JSON.stringify(errors))
    return data
  }
  const stop = async () => {
    child.kill('SIGTERM')
    await exited
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
  try {
    return { url, token: TOKEN, ids: await createServers(ask, servers), ask, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Several requests at once: each server is a transaction of its own, and ten thousand one after another take minutes. */
async function createServers(ask: BenchHub['ask'], servers: number): Promise<readonly string[]> {
  const starts = Array.from({ length: Math.ceil(servers / AT_ONCE) }, (_, i) => i * AT_ONCE)
  const ids: string[] = []
  const waiting = [...starts]
  async function work() {
    for (let from = waiting.shift(); from !== undefined; from = waiting.shift()) {
      const made = await createSome(ask, from, Math.min(AT_ONCE, servers - from))
      for (const [i, id] of made.entries()) ids[from + i] = id
    }
  }
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work))
  for (let from = 0; from < servers; from += FLAPPING) await beat(ask, ids.slice(from, from + FLAPPING))
  return ids
}

async function createSome(ask: BenchHub['ask'], from: number, count: number): Promise<readonly string[]> {
  const fields = Array.from({ length: count }, (_, i) => {
    const n = from + i
    const limit = n < FLAPPING ? FLAP_LIMIT_SECONDS : 86_400
    return `s${i}: createServer(input: { name: "node-${n}", tags: ["prod", "rack-${n % 40}"], offlineAfterSeconds: ${limit} }) { server { id } }`
  })
  const made = await ask<Record<string, { server: { id: string } }>>(`mutation { ${fields.join('\n')} }`)
  return Object.values(made).map(({ server }) => server.id)
}

/** One heartbeat of each. */
export async function beat(ask: BenchHub['ask'], ids: readonly string[]): Promise<void> {
  await ask('mutation ($input: [HeartbeatInput!]!) { recordHeartbeats(input: $input) { errorCode } }', {
    input: ids.map((serverId) => ({ serverId })),
  })
}
