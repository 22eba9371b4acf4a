import { type ChildProcess, spawn } from 'node:child_process'
import type { Writable } from 'node:stream'
import type { PostgresUser } from './postgres-user.ts'

/** Nothing of the hub's environment reaches PostgreSQL: a PGDATA or TZ in it would count. */
export const POSTGRES_ENV = { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }

/**
 * Runs PostgreSQL until its input closes, and then asks it for a fast, clean shutdown.
 *
 * The input is a pipe that the hub holds: when the hub dies, however it dies, the kernel closes it. The shell ends with
 * PostgreSQL's own code as soon as PostgreSQL does, so that the hub hears of it.
 */
const WATCHDOG = `
exec 3<&0
"$@" 3<&- </dev/null &
postgres=$!
{ read -r _ <&3; kill -INT $postgres; } >/dev/null 2>&1 &
reader=$!
exec 3<&-
wait $postgres
code=$?
kill $reader 2>/dev/null
exit $code`

const KEPT_OUTPUT = 4_000

/** One run of PostgreSQL, from its start to its end. */
export class Postmaster {
  readonly #child: ChildProcess
  readonly ended: Promise<void>
  hasEnded = false
  /** What it said before it began to write its log. */
  output = ''

  constructor(postgres: string, cluster: string, settings: Record<string, string>, user: PostgresUser | undefined) {
    const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    this.#child = spawn('/bin/sh', ['-c', WATCHDOG, 'stacksense-watchdog', postgres, '-D', cluster, ...options], {
      ...user,
      cwd: '/',
      env: POSTGRES_ENV,
      // A process group of its own: Ctrl-C in the terminal must not end it before the hub's last write.
      detached: true,
      stdio: ['pipe', 'ignore', 'pipe'],
    })
    this.ended = new Promise((resolve) => {
      this.#child.once('error', (error) => this.#end(error.message, resolve))
      this.#child.once('exit', (code, signal) => this.#end(signal ?? `code ${code}`, resolve))
    })
    this.#child.stdin?.on('error', () => {})
    this.#child.stderr?.setEncoding('utf8').on('data', (text) => {
      this.output = (this.output + text).slice(-KEPT_OUTPUT)
    })
    this.#letTheHubEnd()
  }

  /** Closes the pipe, and is done when PostgreSQL is. */
  async stop(): Promise<void> {
    this.#child.ref()
    this.#child.stdin?.end()
    await this.ended
  }

  #end(how: string, resolve: () => void): void {
    this.hasEnded = true
    this.output ||= `it ended with ${how}`
    this.#child.stdin?.destroy()
    resolve()
  }

  /** A running database is no reason for the hub's process to go on. */
  #letTheHubEnd(): void {
    this.#child.unref()
    for (const pipe of [this.#child.stdin, this.#child.stderr]) (pipe as Writable & { unref?: () => void })?.unref?.()
  }
}
