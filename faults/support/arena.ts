import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import { ADMIN_TOKEN } from '../../server/test/support/hub-process.ts'
import type { HubAddress } from '../../simulate/hub-address.ts'
import { FaultHub } from './fault-hub.ts'
import { PostgresServer } from './postgres-server.ts'

const PATIENCE = { interval: 100, timeout: 60_000 }

/** Where hubs are put to the test. */
export class Arena {
  readonly hubs: FaultHub[] = []
  readonly folder: string

  constructor(readonly database: string) {
    this.folder = mkdtempSync(join(tmpdir(), 'stacksense-faults-'))
    chmodSync(this.folder, 0o711) // under root, PostgreSQL runs as another user
  }

  get address(): HubAddress {
    const [first, ...others] = this.hubs.map((hub) => hub.url)
    return { urls: [first as string, ...others], token: ADMIN_TOKEN }
  }

  async addHub(name: string, environment: Readonly<Record<string, string>>): Promise<FaultHub> {
    const hub = await FaultHub.create(name, environment)
    this.hubs.push(hub)
    await hub.start()
    return hub
  }

  /** The hub that leads, once one does. */
  async leader(): Promise<FaultHub> {
    return this.#found((name, hub) => hub.name === name)
  }

  /** A hub that does not lead. */
  async follower(): Promise<FaultHub> {
    return this.#found((name, hub) => hub.name !== name)
  }

  async end(): Promise<void> {
    await Promise.all(this.hubs.map((hub) => hub.end('SIGKILL')))
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 20 })
  }

  async #found(isWanted: (leader: string, hub: FaultHub) => boolean): Promise<FaultHub> {
    let leader: string | undefined
    const ask = async () => {
      leader = await this.hubs[0]?.leader()
      return leader
    }
    await expect.poll(ask, PATIENCE).toBeDefined()
    return this.hubs.find((hub) => isWanted(leader as string, hub)) as FaultHub
  }
}

/** Three hubs on a PostgreSQL of their own, for the tests of one file. */
export function threeHubs(wrap?: (folder: string, program: string) => string) {
  const arena = new Arena('PostgreSQL, 3 hubs')
  let postgres: PostgresServer
  beforeAll(async () => {
    postgres = await PostgresServer.create(
      join(arena.folder, 'database'),
      wrap && ((program) => wrap(arena.folder, program)),
    )
    await postgres.start()
    for (const number of [1, 2, 3]) {
      const dataDir = join(arena.folder, `hub-${number}`)
      await arena.addHub(`hub-${number}`, { DATABASE_URL: postgres.url, STACKSENSE_DATA_DIR: dataDir })
    }
  }, 180_000)
  afterAll(async () => {
    await Promise.all(arena.hubs.map((hub) => hub.end('SIGKILL')))
    await postgres?.stop()
    await arena.end()
  })
  return {
    arena,
    get postgres() {
      return postgres
    },
  }
}

/** One hub with its embedded database, for the tests of one file. */
export function embeddedHub(prepare?: (arena: Arena) => string): { arena: Arena; readonly hub: FaultHub } {
  const arena = new Arena('embedded, 1 hub')
  beforeAll(async () => {
    const dataDir = prepare ? prepare(arena) : join(arena.folder, 'data')
    await arena.addHub('hub', { STACKSENSE_DATA_DIR: dataDir })
  }, 180_000)
  afterAll(() => arena.end())
  return {
    arena,
    get hub() {
      return arena.hubs[0] as FaultHub
    },
  }
}
