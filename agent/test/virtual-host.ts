import type { FileResult, FileSystemSpace, Host, PostRequest, PostResult } from '../src/host.ts'

/** A request as a test sees it. */
export interface Sent {
  readonly atMs: number
  readonly request: PostRequest
}

/** What a pretended hub does with a request: answers after a while; a time-out cuts it short. */
export interface Reply {
  readonly result: PostResult
  readonly afterMs: number
}

export type Hub = (request: PostRequest, nowMs: number) => Reply

interface Timer {
  readonly atMs: number
  readonly order: number
  readonly run: () => void
}

/** The time at which every virtual machine starts: not 0, so that nothing works by accident. */
const BOOT_MS = 1_000_000

export const ACCEPTED = answer(200, { data: { recordHeartbeat: { receivedAt: '2026-01-01T12:00:00.000Z' } } })

export function answer(status: number, body: unknown, headers: Record<string, string> = {}): PostResult {
  return { kind: 'answered', status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) }
}

/** GraphQL's way to refuse. */
export function graphqlError(code: string, message = 'A sentence.'): PostResult {
  return answer(200, { data: null, errors: [{ message, extensions: { code } }] })
}

export const REFUSED: PostResult = { kind: 'failed', reason: 'refused', detail: 'ECONNREFUSED' }

/** An agent's host whose clock moves only when the test says so. All instants are milliseconds after its start. */
export class VirtualHost implements Host {
  readonly sent: Sent[] = []
  readonly lines: string[] = []
  readonly printed: string[] = []
  readonly files = new Map<string, string>()
  readonly directories = new Map<string, readonly string[]>()
  readonly spaces = new Map<string, FileSystemSpace>()
  readonly variables = new Map<string, string>()
  arguments: readonly string[] = []
  platform = 'linux'
  /** Answers every request; replaced by tests that want trouble. */
  hub: Hub = () => ({ result: ACCEPTED, afterMs: 20 })
  /** What random() gives; a half means no jitter. */
  dice: () => number = () => 0.5
  wallClockStartMs = Date.UTC(2026, 0, 1, 12)

  #nowMs = BOOT_MS
  #order = 0
  #timers: Timer[] = []
  #stop: (signal: string) => void = () => {}

  get nowMs(): number {
    return this.#nowMs - BOOT_MS
  }

  /** The instants at which requests went out. */
  get sentAt(): number[] {
    return this.sent.map(({ atMs }) => atMs)
  }

  /** Lets the clock run up to this instant, with every timer at its time. */
  async runUntil(untilMs: number): Promise<void> {
    const until = untilMs + BOOT_MS
    await settled()
    for (let next = this.#takeDue(until); next !== undefined; next = this.#takeDue(until)) {
      this.#nowMs = Math.max(this.#nowMs, next.atMs)
      next.run()
      await settled()
    }
    this.#nowMs = Math.max(this.#nowMs, until)
  }

  /** The process sleeps until this instant: all its timers are late. */
  async suspendUntil(untilMs: number): Promise<void> {
    this.#nowMs = untilMs + BOOT_MS
    await this.runUntil(untilMs)
  }

  signal(name: string): void {
    this.#stop(name)
  }

  monotonicMs(): number {
    return this.#nowMs
  }

  wallClockMs(): number {
    return this.wallClockStartMs + this.nowMs
  }

  random(): number {
    return this.dice()
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.#after(ms, resolve))
  }

  post(request: PostRequest): Promise<PostResult> {
    this.sent.push({ atMs: this.nowMs, request })
    const { result, afterMs } = this.hub(request, this.nowMs)
    const timedOut: PostResult = { kind: 'failed', reason: 'timeout', detail: `${request.timeoutMs} ms` }
    return new Promise((resolve) => {
      if (afterMs >= request.timeoutMs) this.#after(request.timeoutMs, () => resolve(timedOut))
      else this.#after(afterMs, () => resolve(result))
    })
  }

  readTextFile(path: string): FileResult {
    const text = this.files.get(path)
    return text === undefined ? { kind: 'missing' } : { kind: 'text', text }
  }

  /** What is in the way of writing; undefined: nothing. */
  writeProblem: string | undefined

  writeTextFile(path: string, text: string): string | undefined {
    if (this.writeProblem === undefined) this.files.set(path, text)
    return this.writeProblem
  }

  listDirectory(path: string): readonly string[] {
    return this.directories.get(path) ?? []
  }

  async fileSystemSpace(path: string): Promise<FileSystemSpace | undefined> {
    return this.spaces.get(path)
  }

  environment(name: string): string | undefined {
    return this.variables.get(name) || undefined
  }

  log(line: string): void {
    this.lines.push(line)
  }

  print(line: string): void {
    this.printed.push(line)
  }

  onStop(stop: (signal: string) => void): void {
    this.#stop = stop
  }

  #after(ms: number, run: () => void): void {
    this.#timers.push({ atMs: this.#nowMs + ms, order: this.#order++, run })
  }

  #takeDue(untilMs: number): Timer | undefined {
    const [first] = this.#timers.sort((a, b) => a.atMs - b.atMs || a.order - b.order)
    if (first === undefined || first.atMs > untilMs) return undefined
    this.#timers.shift()
    return first
  }
}

/** Until everything that has been resolved has run. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
