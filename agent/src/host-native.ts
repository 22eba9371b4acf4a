import { failed, failureByCode, unreadableInWords } from './failures.ts'
import {
  type FileResult,
  type FileSystemSpace,
  type Host,
  MAX_FILE_BYTES,
  type PostRequest,
  type PostResult,
} from './host.ts'
import { HttpAnswer } from './http-answer.ts'

/** A connection of the C code's, plain or over TLS. */
interface Connection {
  readonly __connection: unique symbol
}

/** A word such as ECONNREFUSED; undefined where all went well. */
type Failure = string | undefined

/** What the C code in agent/native gives the program, and no more. Jobs answer false where too many are at work. */
declare const native: {
  readonly arguments: readonly string[]
  monotonicMs(): number
  wallClockMs(): number
  random(): number
  setTimer(ms: number, run: () => void): void
  environment(name: string): string | undefined
  readFile(path: string, mostBytes: number): { readonly text?: string; readonly failure?: string }
  listDirectory(path: string): readonly string[]
  /** "device:inode", as in systemd's JOURNAL_STREAM. */
  streamIdentity(fd: number): string | undefined
  write(fd: number, text: string): void
  onStop(stop: (signal: string) => void): void
  end(code: number): never
  utf8(bytes: ArrayBuffer, offset: number, length: number): string
  open(
    host: string,
    port: number,
    secure: boolean,
    timeoutMs: number,
    done: (failure: Failure, connection: Connection) => void,
  ): boolean
  /** Sends the text and waits for the next bytes; none when the other side has ended. */
  ask(
    connection: Connection,
    text: string,
    timeoutMs: number,
    done: (failure: Failure, bytes: ArrayBuffer) => void,
  ): boolean
  isIdle(connection: Connection): boolean
  close(connection: Connection): void
  space(path: string, done: (failure: Failure, total: number, free: number, available: number) => void): boolean
}

/** The agent's host in the native executable. The only file that touches that runtime. */
export function nativeHost(): Host {
  const idle = new IdleConnections()
  return {
    monotonicMs: () => native.monotonicMs(),
    wallClockMs: () => native.wallClockMs(),
    random: () => native.random(),
    sleep,
    post: (request) => post(request, idle),
    readTextFile,
    listDirectory: (path) => native.listDirectory(path),
    fileSystemSpace,
    environment: (name) => native.environment(name) || undefined,
    arguments: native.arguments,
    platform: 'linux',
    log: (line) => native.write(STDERR, `${timeStamp()}${line}\n`),
    print: (line) => native.write(STDOUT, `${line}\n`),
    onStop: (stop) => native.onStop(stop),
  }
}

const STDOUT = 1
const STDERR = 2

/** Ends the process with the program's exit code. What is thrown past it ends the process too: a rejection is silent here. */
export function runNative(program: () => Promise<number>, defectCode: number): void {
  program().then(
    (code) => native.end(code),
    (error) => {
      native.write(STDERR, `A defect in the agent: ${String(error)}\n${(error as Error | undefined)?.stack ?? ''}`)
      native.end(defectCode)
    },
  )
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => native.setTimer(ms, resolve))
}

/** The journal notes the time itself. */
function timeStamp(): string {
  const journal = native.environment('JOURNAL_STREAM')
  if (journal !== undefined && journal === native.streamIdentity(STDERR)) return ''
  return `${new Date(native.wallClockMs()).toISOString()} `
}

function readTextFile(path: string): FileResult {
  const { text, failure = '' } = native.readFile(path, MAX_FILE_BYTES)
  if (text !== undefined) return { kind: 'text', text }
  if (failure === 'ENOENT' || failure === 'ENOTDIR') return { kind: 'missing' }
  return { kind: 'unreadable', reason: unreadableInWords(failure) }
}

function fileSystemSpace(path: string): Promise<FileSystemSpace | undefined> {
  return new Promise((resolve) => {
    const begun = native.space(path, (failure, totalBytes, freeBytes, availableBytes) =>
      resolve(failure === undefined ? { totalBytes, freeBytes, availableBytes } : undefined),
    )
    if (!begun) resolve(undefined)
  })
}

/** As many as a heartbeat and metrics to one hub use at the same time, and one over for a second hub. */
const MAX_IDLE = 3

/** Connections that wait for the next request, the newest last. */
class IdleConnections {
  readonly #idle: { readonly key: string; readonly connection: Connection }[] = []

  /** One that still stands. */
  take(key: string): Connection | undefined {
    for (let at = this.#idle.length - 1; at >= 0; at--) {
      if (this.#idle[at]?.key !== key) continue
      const { connection } = this.#idle.splice(at, 1)[0] as { connection: Connection }
      if (native.isIdle(connection)) return connection
      native.close(connection)
    }
    return undefined
  }

  keep(key: string, connection: Connection): void {
    this.#idle.push({ key, connection })
    if (this.#idle.length > MAX_IDLE) native.close((this.#idle.shift() as { connection: Connection }).connection)
  }
}

/**
 * A kept connection may be closed by a hub that restarts just when it is used again. That says nothing about the hub, so
 * the request, which does no harm when it comes twice, is sent once more on a new connection.
 */
async function post(request: PostRequest, idle: IdleConnections): Promise<PostResult> {
  const untilMs = native.monotonicMs() + request.timeoutMs
  const key = `${request.secure ? 'https' : 'http'} ${request.host} ${request.port}`
  const kept = idle.take(key)
  if (kept !== undefined) {
    const { result, answering } = await exchange(kept, request, untilMs, (connection) => idle.keep(key, connection))
    const stale = !answering && result.kind === 'failed' && result.reason === 'reset'
    if (!stale || native.monotonicMs() >= untilMs) return result
  }

  const opened = await open(request, untilMs)
  if (typeof opened === 'string') return inWords(opened, request)
  return (await exchange(opened, request, untilMs, (connection) => idle.keep(key, connection))).result
}

/** A name look-up cannot be ended: what it finds when nobody waits for it any more is closed. */
function open(request: PostRequest, untilMs: number): Promise<Connection | string> {
  return new Promise((resolve) => {
    const leftMs = untilMs - native.monotonicMs()
    let late = false
    native.setTimer(leftMs, () => {
      late = true
      resolve('ETIMEDOUT')
    })
    const begun = native.open(request.host, request.port, request.secure, leftMs, (failure, connection) => {
      if (late && failure === undefined) native.close(connection)
      else resolve(failure ?? connection)
    })
    if (!begun) resolve('EAI_AGAIN')
  })
}

interface Exchange {
  readonly result: PostResult
  /** Whether anything of an answer had come. */
  readonly answering: boolean
}

/** Sends the request and reads the answer; the connection is kept where it can be, else closed. */
async function exchange(
  connection: Connection,
  request: PostRequest,
  untilMs: number,
  keep: (connection: Connection) => void,
): Promise<Exchange> {
  const answer = new HttpAnswer((bytes) => native.utf8(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length))
  let answering = false
  for (let text = requestText(request); ; text = '') {
    const bytes = await ask(connection, text, untilMs - native.monotonicMs())
    if (typeof bytes === 'string') {
      native.close(connection)
      return { result: inWords(bytes, request), answering }
    }
    const progress = bytes.byteLength === 0 ? answer.end() : answer.push(new Uint8Array(bytes))
    answering = answering || bytes.byteLength > 0
    if (progress.kind === 'more') continue

    if (progress.reusable) keep(connection)
    else native.close(connection)
    return { result: progress.result, answering }
  }
}

function ask(connection: Connection, text: string, timeoutMs: number): Promise<ArrayBuffer | string> {
  return new Promise((resolve) => {
    const begun = native.ask(connection, text, timeoutMs, (failure, bytes) => resolve(failure ?? bytes))
    if (!begun) resolve('EAGAIN')
  })
}

function inWords(code: string, request: PostRequest): PostResult {
  return code === 'ETIMEDOUT' ? failed('timeout', `${Math.round(request.timeoutMs)} ms`) : failureByCode(code)
}

/** Header values were checked where they came from: a token by the configuration. */
function requestText({ host, port, secure, path, headers, body }: PostRequest): string {
  const name = host.includes(':') ? `[${host}]` : host
  const lines = [
    `POST ${path} HTTP/1.1`,
    `host: ${name}${port === (secure ? 443 : 80) ? '' : `:${port}`}`,
    ...Object.entries(headers).map(([header, value]) => `${header}: ${value}`),
    `content-length: ${utf8Length(body)}`,
  ]
  return `${lines.join('\r\n')}\r\n\r\n${body}`
}

function utf8Length(text: string): number {
  let length = 0
  for (const character of text) {
    const code = character.codePointAt(0) as number
    length += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
  }
  return length
}
