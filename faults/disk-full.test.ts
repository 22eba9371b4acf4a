import { execFileSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, test } from 'vitest'
import { OWNER } from '../server/src/database/cluster.ts'
import { type Arena, embeddedHub } from './support/arena.ts'
import { judge } from './support/judged.ts'

const SIZE = '320m'
const FULL_FOR_MS = 5_000

let disk = ''
const { arena } = embeddedHub((given: Arena) => {
  disk = join(given.folder, 'disk')
  mkdirSync(disk)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE},mode=0711`, 'tmpfs', disk])
  } catch (cause) {
    throw new Error('A small file system cannot be mounted here: run this as root.', { cause })
  }
  return join(disk, 'data')
})
afterAll(async () => {
  await Promise.all(arena.hubs.map((hub) => hub.end('SIGKILL')))
  // Its PostgreSQL shuts down by itself once the hub is gone.
  for (let tries = 0; tries < 100; tries++) {
    try {
      execFileSync('umount', [disk], { stdio: 'ignore' })
      return
    } catch {
      await sleep(100)
    }
  }
})

test('the disk of the database is full for a while', async () => {
  await judge('data directory on a full disk', {
    arena,
    strike: async ({ die }) => {
      const ballast = fill(join(disk, 'ballast'))
      await writeUntilRefused(join(disk, 'data/postgres/socket'))
      die()
      await sleep(FULL_FOR_MS)
      rmSync(ballast)
    },
  })
})

/** Takes every byte that is left. */
function fill(path: string): string {
  const file = openSync(path, 'w')
  const block = Buffer.alloc(64 * 1_024)
  try {
    for (;;) writeSync(file, block)
  } catch {
    closeSync(file)
    return path
  }
}

/** Asks PostgreSQL for room for its log until there is none: from then on it can commit nothing. */
async function writeUntilRefused(socket: string): Promise<void> {
  const client = new pg.Client({ host: socket, port: 5432, user: OWNER, database: 'stacksense' })
  client.on('error', () => undefined)
  await client.connect()
  try {
    for (;;) {
      await client.query(`select pg_logical_emit_message(false, 'filler', repeat('x', 1000000))`)
      await client.query('select pg_switch_wal()')
    }
  } catch {
    await client.end().catch(() => undefined)
  }
}
