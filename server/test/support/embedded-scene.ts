import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { onTestFinished } from 'vitest'
import type { DatabaseConnection } from '../../src/database/open.ts'
import { livingIn } from '../../src/database/tenants.ts'

const PROGRAM = fileURLToPath(new URL('embedded-process.ts', import.meta.url))
export const IS_ROOT = process.getuid?.() === 0
export const NOBODY = 65_534

export interface EmbeddedProcessOptions {
  readonly chosen?: string
  readonly cwd?: string
  readonly systemDataDir?: string
  readonly packageDir?: string
  /** The user id that it goes on as once it is loaded; only root can. */
  readonly user?: number
}

type Message =
  | { readonly kind: 'ready'; readonly dataDir: string; readonly connection: DatabaseConnection }
  | { readonly kind: 'refused'; readonly name: string; readonly message: string }
  | { readonly kind: 'log'; readonly line: string }

/** A folder that anybody can pass through, removed with the test. */
export function openFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ss-'))
  chmodSync(folder, 0o755)
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }))
  return folder
}

/** A hub's database in a process of its own. It and its PostgreSQL are gone when the test has finished. */
export class EmbeddedProcess {
  readonly process: ChildProcess
  readonly logged: string[] = []
  /** Its last word on how the start went. */
  readonly outcome: Promise<Exclude<Message, { kind: 'log' }>>
  readonly #exited: Promise<unknown>

  constructor(options: EmbeddedProcessOptions) {
    this.process = spawn(process.execPath, ['--import', 'tsx', PROGRAM, JSON.stringify(options)], {
      stdio: ['pipe', 'pipe', 'inherit'],
      detached: true,
    })
    this.#exited = once(this.process, 'exit')
    this.outcome = this.#hear()
    onTestFinished(() => this.#remove())
  }

  /** @throws what it was refused for */
  async ready(): Promise<{ dataDir: string; connection: DatabaseConnection }> {
    const outcome = await this.outcome
    if (outcome.kind === 'refused') throw new Error(outcome.message)
    return outcome
  }

  /** The sentence that it ended with. */
  async refusal(): Promise<string> {
    const outcome = await this.outcome
    if (outcome.kind === 'refused') return `${outcome.name}: ${outcome.message}`
    throw new Error(`Opened ${outcome.dataDir}, which should have been refused`)
  }

  async stop(): Promise<void> {
    this.process.stdin?.write('stop\n')
    await this.#exited
  }

  async kill(): Promise<void> {
    this.process.kill('SIGKILL')
    await this.#exited
  }

  async query<Row extends pg.QueryResultRow>(sql: string): Promise<Row[]> {
    const client = new pg.Client({ ...(await this.ready()).connection })
    client.on('error', () => undefined)
    await client.connect()
    try {
      return (await client.query<Row>(sql)).rows
    } finally {
      await client.end()
    }
  }

  /** The processes of its PostgreSQL. */
  async postgresProcesses(): Promise<number[]> {
    return livingIn(join((await this.ready()).dataDir, 'postgres/cluster'))
  }

  /** Looks again and again: they are no children of ours, so there is no event to await. */
  async untilNoPostgresIsLeft(): Promise<void> {
    while ((await this.postgresProcesses()).length > 0) await sleep(20)
  }

  async #remove(): Promise<void> {
    await this.kill()
    if ((await this.outcome).kind === 'refused') return
    await this.untilNoPostgresIsLeft()
  }

  async #hear(): Promise<Exclude<Message, { kind: 'log' }>> {
    const lines = createInterface({ input: this.process.stdout as NodeJS.ReadableStream })
    return new Promise((resolve) => {
      lines.on('line', (line) => {
        const message: Message = JSON.parse(line)
        if (message.kind === 'log') this.logged.push(message.line)
        else resolve(message)
      })
      lines.on('close', () => resolve({ kind: 'refused', name: 'Silence', message: 'it ended without a word' }))
    })
  }
}

/** The user id that a process runs as. */
export function ownerOf(pid: number): number {
  return Number(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
}
