import { readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { StartError } from '../errors.ts'
import { type Folders, SOCKET_NAME } from './folders.ts'

const PATIENCE_MS = 30_000
const LOOK_AGAIN_MS = 50

/**
 * Waits until no PostgreSQL lives in the cluster any more, and then clears its lock file away.
 *
 * Only for the holder of the hub lock: a PostgreSQL that is found there has lost its hub and is shutting down. Its lock
 * file alone proves nothing, since the process id in it may be a zombie's or, after a reboot, a stranger's. What proves
 * that it lives is a process whose working folder is the cluster, or an answer on its socket (it may run in another
 * container, where no process of it can be seen).
 *
 * @throws StartError when it is still there after 30 s
 */
export async function waitUntilVacant(folders: Folders, log: (line: string) => void): Promise<void> {
  const givesUpAt = performance.now() + PATIENCE_MS
  for (let isFirstLook = true; ; isFirstLook = false) {
    const tenants = livingIn(folders.cluster)
    if (tenants.length === 0 && !(await answers(join(folders.socket, SOCKET_NAME)))) break
    if (isFirstLook) log('Waiting for the database of a hub that is gone to shut down')
    if (performance.now() > givesUpAt) {
      const who = tenants.length > 0 ? `process ${tenants.join(', ')}` : 'perhaps in another container'
      throw new StartError(
        `The database in ${folders.cluster} is still in use by a PostgreSQL whose hub is gone (${who}).`,
      )
    }
    await sleep(LOOK_AGAIN_MS)
  }
  rmSync(join(folders.cluster, 'postmaster.pid'), { force: true })
}

/** The processes, zombies excepted, whose working folder is this one: that is where PostgreSQL's stand. */
export function livingIn(cluster: string): number[] {
  const folder = realpathSync(cluster)
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => isIn(folder, pid))
}

function isIn(folder: string, pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === folder && !isZombie(pid)
  } catch {
    return false // gone meanwhile, a zombie, or another user's
  }
}

function isZombie(pid: number): boolean {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return /^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2))
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path })
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}
