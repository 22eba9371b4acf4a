import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll } from 'vitest'

const BUILD = fileURLToPath(new URL('../build.js', import.meta.url))

const PATIENCE_MS = 10_000

/** The bundle under test, made from the sources as they are. */
export let bundle = ''

const cleanUps: (() => void)[] = []

beforeAll(() => {
  const folder = mkdtempSync(join(tmpdir(), 'stacksense-agent-'))
  bundle = join(folder, 'stacksense-agent.mjs')
  execFileSync(process.execPath, [BUILD, bundle])
})

afterAll(() => rmSync(join(bundle, '..'), { recursive: true }))

afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp()
})

/** What the agent says, as far as tests look at it. */
interface Body {
  readonly operationName?: string
  readonly variables?: { readonly input?: { readonly disks?: readonly unknown[] } }
}

/** A request as it came in. */
export interface Beat {
  readonly atMs: number
  readonly url: string
  readonly authorization: string | undefined
  readonly body: Body
}

/** A small real hub. */
export class Hub {
  readonly beats: Beat[] = []
  readonly #server: Server
  #port = 0

  constructor(answer: RequestListener = accept) {
    this.#server = createServer((request, response) => {
      void this.#note(request).then(() => answer(request, response))
    })
    this.#server.keepAliveTimeout = 75_000
    cleanUps.push(() => this.stop())
  }

  /** At its old port when it had one. */
  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve))
    this.#port = (this.#server.address() as AddressInfo).port
    return this
  }

  stop(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  /** The instants between beats. */
  get gapsMs(): number[] {
    return this.beats.slice(1).map((beat, index) => beat.atMs - (this.beats[index] as Beat).atMs)
  }

  async #note(request: IncomingMessage): Promise<void> {
    const atMs = performance.now()
    let body = ''
    for await (const chunk of request.setEncoding('utf8')) body += chunk
    const { url = '', headers } = request
    this.beats.push({ atMs, url, authorization: headers.authorization, body: JSON.parse(body) })
  }
}

/** Takes every heartbeat and leaves metrics unknown, as the first hubs did. */
export const accept: RequestListener = (request, response) => {
  response.setHeader('content-type', 'application/json')
  const rest = request.url?.startsWith('/api/')
  response.end(
    JSON.stringify(rest ? { status: 'ok' } : { data: { recordHeartbeat: { receivedAt: '2026-01-01T12:00:00.000Z' } } }),
  )
}

/** An agent that runs as a process of its own. */
export class AgentProcess {
  readonly child: ChildProcess
  readonly ended: Promise<{ readonly code: number | null; readonly afterMs: number }>
  output = ''
  errors = ''

  constructor(args: readonly string[], env: Record<string, string>, program = bundle) {
    const startedAt = performance.now()
    this.child = spawn(process.execPath, [program, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    this.child.stdout?.on('data', (chunk) => {
      this.output += chunk
    })
    this.child.stderr?.on('data', (chunk) => {
      this.errors += chunk
    })
    this.ended = new Promise((resolve) =>
      this.child.once('close', (code) => resolve({ code, afterMs: performance.now() - startedAt })),
    )
    cleanUps.push(() => this.child.kill('SIGKILL'))
  }

  /** What it said, without the times. */
  get lines(): string[] {
    return this.errors
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.replace(/^\S+Z /, ''))
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal)
  }
}

/** The variables of an agent with a fast beat and without metrics. */
export function environment(url: string, changes: Record<string, string> = {}): Record<string, string> {
  return {
    STACKSENSE_SERVER_ID: '12',
    STACKSENSE_API_URL: url,
    STACKSENSE_TOKEN: 'ssa_secret',
    STACKSENSE_INTERVAL: '1',
    STACKSENSE_METRICS_INTERVAL: '0',
    ...changes,
  }
}

/** Looks again and again until it is so. */
export async function until(so: () => boolean): Promise<void> {
  const startedAt = performance.now()
  while (!so()) {
    if (performance.now() - startedAt > PATIENCE_MS) throw new Error('It did not come to pass.')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
