import { embeddedPackageDir, usableBinaries } from './binaries.ts'
import { ensureCluster, OWNER } from './cluster.ts'
import type { OpenDatabase } from './connection.ts'
import { makeFolders, removeShortSocketFolder } from './folders.ts'
import { takeHubLock } from './hub-lock.ts'
import { postgresUserFor } from './postgres-user.ts'
import { Postmaster } from './postmaster.ts'
import { settingsFor } from './settings.ts'
import { Supervisor } from './supervisor.ts'
import { waitUntilVacant } from './tenants.ts'

export const DATABASE = 'stacksense'

export interface EmbeddedOptions {
  /** Exists, and can be entered by the user that PostgreSQL will run as: see `chooseDataDir`. */
  readonly dataDir: string
  readonly log: (line: string) => void
  /** Where the package with the binaries lies; found by Node's rules unless given. */
  readonly packageDir?: string
  /** Settings that differ from a hub's. */
  readonly settings?: Readonly<Record<string, string>>
}

/**
 * Real PostgreSQL as a child of this process, reachable by a Unix socket in the data directory and by nothing else.
 *
 * @throws StartError when the data directory is in use, or PostgreSQL cannot run there
 */
export async function openEmbedded(options: EmbeddedOptions): Promise<OpenDatabase> {
  const { dataDir, log, packageDir = embeddedPackageDir() } = options
  const lock = await takeHubLock(dataDir)
  try {
    const user = postgresUserFor(dataDir)
    const folders = makeFolders(dataDir, user)
    const binaries = usableBinaries(packageDir, folders.home, user)
    await ensureCluster(folders.cluster, binaries.initdb, user)

    const settings = { ...settingsFor(folders), ...options.settings }
    const connection = { host: folders.socket, port: 5432, user: OWNER, database: DATABASE, ssl: false } as const
    const supervisor = new Supervisor({
      connection,
      log,
      vacate: () => waitUntilVacant(folders, log),
      launch: () => new Postmaster(binaries.postgres, folders.cluster, settings, user),
    })
    await supervisor.start()

    const stop = async () => {
      await supervisor.stop()
      removeShortSocketFolder(folders)
      lock.release()
    }
    return { connection, embedded: true, stop }
  } catch (error) {
    lock.release()
    throw error
  }
}
