import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'vitest'
import { embeddedHub } from './support/arena.ts'
import { judge } from './support/judged.ts'

const LONG_MS = 7_000

const scene = embeddedHub()
const { arena } = scene

test('the hub is killed', async () => {
  await judge('kill -9 of the hub', {
    arena,
    strike: async ({ die }) => {
      await scene.hub.end('SIGKILL')
      die()
      await scene.hub.start()
    },
  })
})

test('the hub is stopped, and goes on', async () => {
  await judge('hub stopped', {
    arena,
    strike: async ({ die }) => {
      scene.hub.signal('SIGSTOP')
      die()
      await sleep(LONG_MS)
      scene.hub.signal('SIGCONT')
    },
  })
})

test('PostgreSQL is killed under the hub', async () => {
  await judge('kill -9 of the embedded PostgreSQL', {
    arena,
    strike: async ({ die }) => {
      const cluster = join(arena.folder, 'data/postgres/cluster')
      const pid = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n', 1)[0] as string
      process.kill(Number(pid), 'SIGKILL')
      die()
      await sleep(2_000)
    },
  })
})

test('the hub is restarted in order', async () => {
  await judge('restart', {
    arena,
    strike: async ({ die }) => {
      await scene.hub.end('SIGTERM')
      die()
      await scene.hub.start()
    },
  })
})
