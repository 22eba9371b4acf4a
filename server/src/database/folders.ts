import { createHash } from 'node:crypto'
import { existsSync, lchownSync, lstatSync, mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StartError } from '../errors.ts'
import { homeIn, type PostgresUser } from './postgres-user.ts'

/** Where the parts of the embedded PostgreSQL lie. All of them belong to the user that it runs as, and to nobody else. */
export interface Folders {
  /** Holds the others; the socket's folder only where the path is short enough. */
  readonly home: string
  readonly cluster: string
  readonly log: string
  readonly socket: string
}

export const SOCKET_NAME = '.s.PGSQL.5432'

/** The kernel's limit for the path of a Unix socket in bytes, its final NUL not counted. */
const LONGEST_SOCKET_PATH = 107

export function makeFolders(dataDir: string, user: PostgresUser | undefined): Folders {
  const home = homeIn(dataDir)
  const folders = { home, cluster: join(home, 'cluster'), log: join(home, 'log'), socket: socketFolder(home) }
  for (const folder of [home, folders.log, folders.socket]) makePrivate(folder, user)
  return folders
}

/** Removes the socket's folder where it is not in the data directory. */
export function removeShortSocketFolder({ home, socket }: Folders): void {
  if (!socket.startsWith(home)) rmSync(socket, { recursive: true, force: true })
}

/** In the data directory, or where that path would be too long, in a folder with a short name that it determines. */
function socketFolder(home: string): string {
  const folder = join(home, 'socket')
  if (Buffer.byteLength(join(folder, SOCKET_NAME)) <= LONGEST_SOCKET_PATH) return folder
  const name = createHash('sha256').update(home).digest('hex').slice(0, 16)
  const short = join(tmpdir(), `stacksense-${name}`)
  return Buffer.byteLength(join(short, SOCKET_NAME)) <= LONGEST_SOCKET_PATH ? short : `/tmp/stacksense-${name}`
}

/**
 * Whoever may enter the socket's folder is the database's owner, so a folder that others made is refused. One of our own
 * is handed over: a start may have been killed before it could.
 */
function makePrivate(folder: string, user: PostgresUser | undefined): void {
  const own = process.getuid?.()
  const owner = user?.uid ?? own
  try {
    if (!existsSync(folder)) mkdirSync(folder, { mode: 0o700 })
    const found = lstatSync(folder)
    const isOurs = found.isDirectory() && [own, owner].includes(found.uid) && (found.mode & 0o077) === 0
    if (isOurs && user) lchownSync(folder, user.uid, user.gid)
    if (isOurs) return
  } catch (error) {
    throw new StartError(`Cannot make ${folder} for the embedded PostgreSQL: ${(error as Error).message}.`)
  }
  throw new StartError(
    `${folder} must be a folder that belongs to user ${owner} and that nobody else may enter (chmod 700): ` +
      'the embedded PostgreSQL trusts whoever gets in.',
  )
}
