import { closeSync, fstatSync, openSync, readdirSync, readSync, writeFileSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { platform, uptime } from 'node:os'
import { performance } from 'node:perf_hooks'
import { failed, failureByCode, unreadableInWords, unwritableInWords } from './failures.ts'
import {
  type FileResult,
  type FileSystemSpace,
  type Host,
  MAX_ANSWER_BYTES,
  MAX_FILE_BYTES,
  type PostRequest,
  type PostResult,
} from './host.ts'

/** The agent's host on Node. The only file that touches the runtime. */
export function nodeHost(): Host {
  const clock = new Clock()
  const http = new HttpAgent({ keepAlive: true })
  const https = new HttpsAgent({ keepAlive: true })
  // A log that nobody reads any more, or a full disk, must not end the agent.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

  return {
    monotonicMs: () => clock.now(),
    wallClockMs: () => Date.now(),
    random: () => Math.random(),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    post: (request) => post(request, request.secure ? https : http),
    readTextFile,
    writeTextFile,
    listDirectory,
    fileSystemSpace,
    environment: (name) => process.env[name] || undefined,
    arguments: process.argv.slice(2),
    platform: platform(),
    log: (line) => process.stderr.write(`${timeStamp()}${line}\n`),
    print: (line) => process.stdout.write(`${line}\n`),
    onStop: (stop) => {
      for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop(signal))
    },
  }
}

/** Ends the process with the program's exit code, at once: open connections and running timers do not count. */
export function runOnNode(program: () => Promise<number>, defectCode: number): void {
  const fail = (error: unknown) => {
    process.stderr.write(`A defect in the agent: ${error instanceof Error ? error.stack : String(error)}\n`)
    process.exit(defectCode)
  }
  process.once('uncaughtException', fail)
  program().then((code) => process.exit(code), fail)
}

/** How far two clocks may differ between two looks before the difference is a suspension. */
const SUSPENSION_MS = 2_000

/** Node's monotonic clock, moved on by the time in which the machine was suspended, which that one does not count. */
class Clock {
  #suspendedMs = 0
  #last = Clock.#read()

  now(): number {
    const next = Clock.#read()
    const missedMs = next.bootMs - this.#last.bootMs - (next.runMs - this.#last.runMs)
    if (missedMs > SUSPENSION_MS) this.#suspendedMs += missedMs
    this.#last = next
    return next.runMs + this.#suspendedMs
  }

  static #read(): { runMs: number; bootMs: number } {
    const runMs = performance.now()
    // Elsewhere than on Linux the uptime follows the wall clock, which can step.
    return { runMs, bootMs: platform() === 'linux' ? uptime() * 1000 : runMs }
  }
}

/** The journal notes the time itself. */
function timeStamp(): string {
  const journal = process.env.JOURNAL_STREAM
  if (journal !== undefined) {
    const { dev, ino } = fstatSync(2)
    if (journal === `${dev}:${ino}`) return ''
  }
  return `${new Date().toISOString()} `
}

function readTextFile(path: string): FileResult {
  let descriptor: number | undefined
  try {
    descriptor = openSync(path, 'r')
    return { kind: 'text', text: readAll(descriptor) }
  } catch (error) {
    const code = codeOf(error)
    return code === 'ENOENT' || code === 'ENOTDIR'
      ? { kind: 'missing' }
      : { kind: 'unreadable', reason: unreadableInWords(code) }
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}

/** One for all reads, as thousands of small files may follow one another. */
const CHUNK = Buffer.alloc(65_536)

/** Files of /proc say that their size is 0: read until nothing comes. */
function readAll(descriptor: number): string {
  const chunks: Buffer[] = []
  for (let total = 0; total < MAX_FILE_BYTES; ) {
    const length = readSync(descriptor, CHUNK)
    if (length === 0) break
    chunks.push(Buffer.from(CHUNK.subarray(0, length)))
    total += length
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** In place: a folder need not be writable, and readers know what to do with a text that was cut short. */
function writeTextFile(path: string, text: string): string | undefined {
  try {
    writeFileSync(path, text, { mode: 0o600 })
    return undefined
  } catch (error) {
    return unwritableInWords(codeOf(error))
  }
}

function listDirectory(path: string): readonly string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}

async function fileSystemSpace(path: string): Promise<FileSystemSpace | undefined> {
  try {
    const { bsize, blocks, bfree, bavail } = await statfs(path)
    return { totalBytes: blocks * bsize, freeBytes: bfree * bsize, availableBytes: bavail * bsize }
  } catch {
    return undefined
  }
}

function codeOf(error: unknown): string {
  return String((error as NodeJS.ErrnoException | undefined)?.code ?? 'UNKNOWN')
}

/**
 * A kept connection may have been closed by a hub that restarted, just when it is used again. That says nothing about the
 * hub, so the request, which does no harm when it comes twice, is sent once more on a new connection.
 */
async function post(request: PostRequest, agent: HttpAgent | HttpsAgent): Promise<PostResult> {
  const startedAt = performance.now()
  const first = await exchange(request, agent, request.timeoutMs)
  const leftMs = request.timeoutMs - (performance.now() - startedAt)
  if (!first.stale || leftMs <= 0) return first.result
  return (await exchange(request, agent, leftMs)).result
}

interface Exchange {
  readonly result: PostResult
  /** Whether a kept connection was found closed. */
  readonly stale: boolean
}

function exchange(request: PostRequest, agent: HttpAgent | HttpsAgent, timeoutMs: number): Promise<Exchange> {
  return new Promise((resolve) => {
    const outgoing = (request.secure ? httpsRequest : httpRequest)(optionsOf(request, agent, timeoutMs))
    let answered = false
    const settle = (result: PostResult) => {
      clearTimeout(timer)
      const stale = outgoing.reusedSocket && !answered && result.kind === 'failed' && result.reason === 'reset'
      resolve({ result, stale })
      if (result.kind === 'failed') outgoing.destroy()
    }
    // One timer for all of it: a socket's own time-out starts anew with each byte that drips in.
    const timer = setTimeout(() => settle(failed('timeout', `${Math.round(timeoutMs)} ms`)), timeoutMs)

    outgoing.on('response', (incoming) => {
      answered = true
      receive(incoming).then(
        (body) => settle(answerOf(incoming, body)),
        (error) => settle(failureOf(error)),
      )
    })
    outgoing.on('error', (error) => settle(failureOf(error)))
    outgoing.on('close', () => {
      if (!answered) settle(failed('reset', 'closed without an answer'))
    })
    outgoing.end(request.body)
  })
}

function optionsOf(request: PostRequest, agent: HttpAgent | HttpsAgent, timeoutMs: number): RequestOptions {
  return {
    method: 'POST',
    host: request.host,
    port: request.port,
    path: request.path,
    headers: { ...request.headers, 'content-length': Buffer.byteLength(request.body) },
    agent,
    // Node gives each of several addresses 250 ms, too little for a slow line.
    autoSelectFamilyAttemptTimeout: Math.max(250, Math.round(timeoutMs / 4)),
  } as RequestOptions
}

/** The answer's beginning; the rest of a long one is not read and costs its connection. Rejects when it is cut short. */
async function receive(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    length += chunk.length
    if (length > MAX_ANSWER_BYTES) break
  }
  return Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES).toString('utf8')
}

function answerOf(incoming: IncomingMessage, body: string): PostResult {
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)])
  return { kind: 'answered', status: incoming.statusCode ?? 0, headers: Object.fromEntries(headers), body }
}

function failureOf(error: unknown): PostResult {
  return failureByCode(codeOf(error))
}
