import { spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { StartError } from '../errors.ts'

/** The user that PostgreSQL runs as. Undefined: whoever runs the hub. */
export interface PostgresUser {
  readonly uid: number
  readonly gid: number
}

const NOBODY: PostgresUser = { uid: 65_534, gid: 65_534 }

/** The folder that holds all of the embedded PostgreSQL. */
export function homeIn(dataDir: string): string {
  return join(dataDir, 'postgres')
}

/**
 * PostgreSQL refuses to run as root. So under root it runs as whoever owns its folder from an earlier start, else as the
 * owner of the data directory, or as nobody where that is root too (or a user that this machine has no name for: initdb
 * insists on one).
 */
export function postgresUserFor(dataDir: string): PostgresUser | undefined {
  if (process.getuid?.() !== 0) {
    requireName()
    return undefined
  }
  for (const folder of [homeIn(dataDir), dataDir]) {
    const owner = statSync(folder, { throwIfNoEntry: false })
    if (owner && owner.uid !== 0 && hasName(owner.uid)) return { uid: owner.uid, gid: owner.gid }
  }
  return NOBODY
}

/** Whether that user can enter the folder. Asked of the system itself: modes, parents and access lists all count. */
export function canEnter(user: PostgresUser | undefined, folder: string): boolean {
  return spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { ...user, cwd: '/', stdio: 'ignore' }).status === 0
}

export function canExecute(user: PostgresUser | undefined, file: string): boolean {
  return spawnSync('/bin/sh', ['-c', 'test -x "$1"', 'sh', file], { ...user, cwd: '/', stdio: 'ignore' }).status === 0
}

function hasName(uid: number): boolean {
  return spawnSync('id', ['-nu', String(uid)], { stdio: 'ignore' }).status === 0
}

function requireName(): void {
  try {
    userInfo()
  } catch {
    throw new StartError(
      `The embedded PostgreSQL needs a user with a name, and user ${process.getuid?.()} has none in /etc/passwd: ` +
        'add one, run as root, or set DATABASE_URL.',
    )
  }
}
