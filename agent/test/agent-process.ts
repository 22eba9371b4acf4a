import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll } from 'vitest'

const BUILD = fileURLToPath(new URL('../build.js', import.meta.url))

const PATIENCE_MS = 25_000

/** A host that the agent runs on, as a command. */
export interface AgentHost {
  readonly name: string
  readonly command: () => readonly string[]
  /** The same agent, run so that libfaketime can move its clock: a static executable asks the kernel, not a library. */
  readonly preloadable: () => readonly string[]
}

/** The bundle under test, made from the sources as they are. */
let bundle = ''

const cleanUps: (() => void)[] = []

beforeAll(() => {
  const folder = mkdtempSync(join(tmpdir(), 'stacksense-agent-'))
  bundle = join(folder, 'stacksense-agent.mjs')
  execFileSync(process.execPath, [BUILD, bundle])
})

afterAll(() => rmSync(join(bundle, '..'), { recursive: true }))

/** What `npm run build:agent` made; another machine's is run by qemu. */
function native(architecture: 'x64' | 'arm64', machine: string): AgentHost {
  const executable = fileURLToPath(new URL(`../dist/stacksense-agent-linux-${architecture}`, import.meta.url))
  const emulated = () => [`qemu-${machine}`, executable]
  return {
    name: `native ${architecture}`,
    command: () => (process.arch === architecture ? [executable] : emulated()),
    preloadable: emulated,
  }
}

const onNode = () => [process.execPath, bundle]

export const NODE: AgentHost = { name: 'Node', command: onNode, preloadable: onNode }
export const X64 = native('x64', 'x86_64')
export const ARM64 = native('arm64', 'aarch64')

afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp()
})

interface Sample {
  readonly disks?: readonly unknown[]
  readonly topProcesses?: readonly { readonly pid: number; readonly cpuPercent: number; readonly memoryBytes: number }[]
  readonly ageSeconds?: number
}

/** What the agent says, as far as tests look at it. */
interface Body {
  readonly operationName?: string
  readonly variables?: { readonly input?: Sample | readonly Sample[]; readonly retries?: number }
}

/** A request as it came in. */
export interface Beat {
  readonly atMs: number
  readonly url: string
  readonly authorization: string | undefined
  readonly body: Body
}

/** A small real hub, over TLS when it has a certificate. */
export class Hub {
  readonly beats: Beat[] = []
  readonly #server: Server
  readonly #scheme: string
  #port = 0

  constructor(answer: RequestListener = accept, certificate?: Certificate) {
    const listener: RequestListener = (request, response) => {
      void this.#note(request).then(() => answer(request, response))
    }
    this.#scheme = certificate === undefined ? 'http' : 'https'
    this.#server = certificate === undefined ? createServer(listener) : createTlsServer(certificate, listener)
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
    return `${this.#scheme}://127.0.0.1:${this.#port}`
  }

  get gapsMs(): number[] {
    return gapsMs(this.beats)
  }

  async #note(request: IncomingMessage): Promise<void> {
    const atMs = performance.now()
    let body = ''
    for await (const chunk of request.setEncoding('utf8')) body += chunk
    const { url = '', headers } = request
    this.beats.push({ atMs, url, authorization: headers.authorization, body: JSON.parse(body) })
  }
}

/** The times between beats. */
export function gapsMs(beats: readonly Beat[]): number[] {
  return beats.slice(1).map((beat, index) => beat.atMs - (beats[index] as Beat).atMs)
}

/** Takes everything. */
export const accept: RequestListener = (request, response) => {
  response.setHeader('content-type', 'application/json')
  const data = { recordHeartbeat: {}, recordMetrics: {}, recordMetricSamples: {} }
  response.end(JSON.stringify(request.url?.startsWith('/api/') ? { status: 'ok' } : { data }))
}

export interface Certificate {
  readonly key: Buffer
  readonly cert: Buffer
  /** A file with the certificate in it, for whoever is to trust it. */
  readonly path: string
}

/** A certificate for this machine that nobody else vouches for. */
export function selfSigned(name = 'IP:127.0.0.1'): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'stacksense-tls-'))
  cleanUps.push(() => rmSync(folder, { recursive: true }))
  const [key, path] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  const names = ['-subj', '/CN=hub', '-addext', `subjectAltName=${name}`]
  execFileSync('openssl', ['req', ...kind, ...names, '-keyout', key, '-out', path], { stdio: 'ignore' })
  return { key: readFileSync(key), cert: readFileSync(path), path }
}

/** An agent that runs as a process of its own. */
export class AgentProcess {
  readonly child: ChildProcess
  readonly ended: Promise<{ readonly code: number | null; readonly afterMs: number }>
  output = ''
  errors = ''

  /** @param stderr a descriptor that the log goes to instead of `errors`. */
  constructor(command: readonly string[], args: readonly string[], env: Record<string, string>, stderr?: number) {
    const startedAt = performance.now()
    const [program = '', ...before] = command
    // qemu is found by its name.
    const all = { PATH: process.env.PATH ?? '', ...env }
    this.child = spawn(program, [...before, ...args], { env: all, stdio: ['ignore', 'pipe', stderr ?? 'pipe'] })
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

/** The variables of an agent with a fast beat (time-out 0.5 s; retries after 0.2, 0.6, 1.3, 2.2 and 2.6 s) and without metrics. */
export function environment(url: string, changes: Record<string, string> = {}): Record<string, string> {
  return {
    STACKSENSE_SERVER_ID: '12',
    STACKSENSE_API_URL: url,
    STACKSENSE_TOKEN: 'ssa_secret',
    STACKSENSE_INTERVAL: '3',
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
