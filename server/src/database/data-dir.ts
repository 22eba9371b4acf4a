import { chmodSync, existsSync, mkdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { defaultDataDir, SYSTEM_DATA_DIR } from '../config.ts'
import { StartError } from '../errors.ts'
import { canEnter, postgresUserFor } from './postgres-user.ts'

/**
 * Picks the data directory and makes sure that it exists.
 *
 * Under root the embedded PostgreSQL runs as another user, who must be able to enter it: where the default is out of
 * that user's reach, the system's data directory is used; one that was chosen is refused.
 *
 * @throws StartError when it cannot be made, or a chosen one cannot be entered
 */
export function chooseDataDir(options: {
  readonly chosen: string | undefined
  /** Whether PostgreSQL will live in it. */
  readonly embedded: boolean
  readonly cwd?: string
  readonly systemDataDir?: string
}): string {
  const { chosen, embedded, cwd = process.cwd(), systemDataDir = SYSTEM_DATA_DIR } = options
  const wanted = resolve(cwd, chosen ?? defaultDataDir(cwd))
  if (!embedded || isReachable(wanted)) return make(wanted)
  if (chosen === undefined) return make(systemDataDir)
  throw new StartError(
    `STACKSENSE_DATA_DIR: PostgreSQL cannot run as root, and the user that it runs as instead cannot enter ${wanted}: ` +
      'open it and the folders above it (chmod o+x), or choose another.',
  )
}

function isReachable(folder: string): boolean {
  const user = postgresUserFor(folder)
  return user === undefined || canEnter(user, nearestExisting(folder))
}

function nearestExisting(folder: string): string {
  return existsSync(folder) ? folder : nearestExisting(dirname(folder))
}

/** A new one is closed to others; under root it can be passed through, but not listed. */
function make(folder: string): string {
  if (existsSync(folder)) return folder
  try {
    mkdirSync(folder, { recursive: true })
    chmodSync(folder, process.getuid?.() === 0 ? 0o711 : 0o700)
    return folder
  } catch (error) {
    throw new StartError(
      `Cannot make the data directory ${folder}: ${(error as Error).message}. Set STACKSENSE_DATA_DIR to choose another.`,
    )
  }
}
