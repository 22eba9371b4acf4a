import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { StartError } from '../errors.ts'
import type { PostgresUser } from './postgres-user.ts'
import { POSTGRES_ENV } from './postmaster.ts'

const MAJOR_VERSION = '18'
export const OWNER = 'stacksense'

/**
 * Creates the cluster unless it exists: UTF8, with a sort order and letter cases that depend on no machine's locale.
 *
 * Made beside its place and moved there, so that an interrupted first start is simply made again. No passwords: who
 * gets to the socket has already passed the door of a folder closed to everybody else.
 */
export async function ensureCluster(cluster: string, initdb: string, user: PostgresUser | undefined): Promise<void> {
  if (existsSync(cluster)) return requireVersion(cluster)

  removeUnfinished(cluster)
  const unfinished = `${cluster}.unfinished-${process.pid}`
  const how = ['--username', OWNER, '--auth', 'trust', '--encoding', 'UTF8', '--no-instructions']
  const locale = ['--locale', 'C', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8']
  try {
    const options = { ...user, cwd: '/', env: POSTGRES_ENV }
    await promisify(execFile)(initdb, ['--pgdata', unfinished, ...how, ...locale], options)
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string }
    throw new StartError(`The embedded PostgreSQL cannot be set up in ${cluster}: ${(stderr || message).trim()}`)
  }
  renameSync(unfinished, cluster)
}

/** A killed hub's initdb may still be at work: hence a name of its own for each attempt. */
function removeUnfinished(cluster: string): void {
  const home = dirname(cluster)
  for (const name of readdirSync(home)) {
    if (!name.startsWith(`${basename(cluster)}.unfinished`)) continue
    rmSync(join(home, name), { recursive: true, force: true, maxRetries: 10 })
  }
}

function requireVersion(cluster: string): void {
  const version = readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim()
  if (version === MAJOR_VERSION) return
  throw new StartError(
    `${cluster} was made by PostgreSQL ${version}, and this StackSense brings PostgreSQL ${MAJOR_VERSION}: ` +
      'move the data over with pg_dump, or use the StackSense that made it.',
  )
}
