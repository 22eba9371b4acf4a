import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { embeddedPackageDir, usableBinaries } from '../../server/src/database/binaries.ts'
import { ensureCluster, OWNER } from '../../server/src/database/cluster.ts'
import { connectWhenUp } from '../../server/src/database/connect.ts'
import { type Folders, makeFolders } from '../../server/src/database/folders.ts'
import { type PostgresUser, postgresUserFor } from '../../server/src/database/postgres-user.ts'
import { Postmaster } from '../../server/src/database/postmaster.ts'
import { settingsFor } from '../../server/src/database/settings.ts'

const DATABASE = 'stacksense'
const START_TIMEOUT_MS = 60_000
const NOT_YET = new Set(['ENOENT', 'ECONNREFUSED', 'ECONNRESET'])

/** A PostgreSQL that stands by itself, as a fleet's hubs have one, and that a test may do anything to. */
export class PostgresServer {
  readonly #folders: Folders
  readonly #user: PostgresUser | undefined
  readonly #program: string
  #postmaster: Postmaster | undefined

  private constructor(folders: Folders, user: PostgresUser | undefined, program: string) {
    this.#folders = folders
    this.#user = user
    this.#program = program
  }

  /**
   * A new one in a folder that its user can enter, not started.
   *
   * @param wrap what it is started through, such as a program that lies about the time
   */
  static async create(folder: string, wrap?: (program: string) => string): Promise<PostgresServer> {
    mkdirSync(folder, { recursive: true })
    chmodSync(folder, 0o711)
    const user = postgresUserFor(folder)
    const folders = makeFolders(folder, user)
    const { initdb, postgres } = usableBinaries(embeddedPackageDir(), folders.home, user)
    await ensureCluster(folders.cluster, initdb, user)
    return new PostgresServer(folders, user, wrap ? wrap(postgres) : postgres)
  }

  /** As `DATABASE_URL` names it. */
  get url(): string {
    return `postgres://${OWNER}@localhost/${DATABASE}?host=${encodeURIComponent(this.#folders.socket)}`
  }

  /** Resolves when it answers; makes the database where there is none. */
  async start(): Promise<void> {
    const settings = { ...settingsFor(this.#folders), max_connections: '120' }
    this.#postmaster = new Postmaster(this.#program, this.#folders.cluster, settings, this.#user)
    const client = await this.#connect('postgres')
    try {
      const { rows } = await client.query('select 1 from pg_database where datname = $1', [DATABASE])
      if (rows.length === 0) await client.query(`create database ${DATABASE}`)
    } finally {
      await client.end()
    }
  }

  /** As an operator stops it: sessions are ended, and what is committed is kept. */
  async stop(): Promise<void> {
    await this.#postmaster?.stop()
    this.#postmaster = undefined
  }

  /** Works on a session of its own. */
  async asOwner<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = await this.#connect(DATABASE)
    try {
      return await work(client)
    } finally {
      await client.end()
    }
  }

  #connect(database: string): Promise<pg.Client> {
    const newClient = () => new pg.Client({ host: this.#folders.socket, port: 5432, user: OWNER, database })
    return connectWhenUp(newClient, START_TIMEOUT_MS, (error) => NOT_YET.has((error as { code: string }).code))
  }
}

/** Writes a program of one line that another one is started through. */
export function wrapper(folder: string, line: string): string {
  const path = join(folder, 'wrapper')
  writeFileSync(path, `#!/bin/sh\n${line}\n`, { mode: 0o755 })
  return path
}
