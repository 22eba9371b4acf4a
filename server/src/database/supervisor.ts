import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { StartError } from '../errors.ts'
import { codeOf, connectWhenUp, reasonOf } from './connect.ts'
import type { DatabaseConnection } from './connection.ts'
import type { Postmaster } from './postmaster.ts'

/** Replaying a long log after a crash takes its time. */
const RECOVERY_TIMEOUT_MS = 600_000
const FIRST_RESTART_DELAY_MS = 500
const LONGEST_RESTART_DELAY_MS = 30_000
const NO_SOCKET_YET = ['ENOENT', 'ECONNREFUSED', 'ECONNRESET']
const NO_SUCH_DATABASE = '3D000'

/**
 * Keeps PostgreSQL running: starts it, and starts it again when it ends although nobody asked it to (the kernel short
 * of memory, an operator's kill). The hub meanwhile sees a database that is away and comes back.
 */
export class Supervisor {
  readonly #connection: DatabaseConnection
  readonly #launch: () => Postmaster
  readonly #vacate: () => Promise<void>
  readonly #log: (line: string) => void
  #postmaster: Postmaster | undefined
  #isStopping = false

  constructor(options: {
    readonly connection: DatabaseConnection
    readonly launch: () => Postmaster
    /** Resolves once no earlier PostgreSQL is left. */
    readonly vacate: () => Promise<void>
    readonly log: (line: string) => void
  }) {
    this.#connection = options.connection
    this.#launch = options.launch
    this.#vacate = options.vacate
    this.#log = options.log
  }

  /** Resolves when the database answers. */
  async start(): Promise<void> {
    await this.#vacate()
    if (this.#isStopping) return
    const postmaster = this.#launch()
    this.#postmaster = postmaster
    try {
      await this.#untilItAnswers(postmaster)
    } catch (error) {
      await postmaster.stop()
      throw new StartError(`The embedded PostgreSQL does not start: ${reasonOf(error)} ${postmaster.output.trim()}`)
    }
    void postmaster.ended.then(() => this.#restart(postmaster.output))
  }

  async stop(): Promise<void> {
    this.#isStopping = true
    await this.#postmaster?.stop()
  }

  async #restart(lastWords: string): Promise<void> {
    for (let delayMs = FIRST_RESTART_DELAY_MS; !this.#isStopping; delayMs *= 2) {
      this.#log(`The embedded PostgreSQL has ended and is started again: ${lastWords.trim()}`)
      await sleep(Math.min(delayMs, LONGEST_RESTART_DELAY_MS), undefined, { ref: false })
      try {
        return await this.start()
      } catch (error) {
        lastWords = (error as Error).message
      }
    }
  }

  async #untilItAnswers(postmaster: Postmaster): Promise<void> {
    const isStarting = (error: unknown) => !postmaster.hasEnded && NO_SOCKET_YET.includes(codeOf(error) ?? '')
    const connect = (database = this.#connection.database) =>
      connectWhenUp(() => new pg.Client({ ...this.#connection, database }), RECOVERY_TIMEOUT_MS, isStarting)
    try {
      await (await connect()).end()
    } catch (error) {
      if (codeOf(error) !== NO_SUCH_DATABASE) throw error
      const client = await connect('postgres')
      await client.query(`CREATE DATABASE ${pg.escapeIdentifier(this.#connection.database ?? '')}`)
      await client.end()
    }
  }
}
