import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'vitest'
import { threeHubs } from './support/arena.ts'
import { judge } from './support/judged.ts'

/** Three times as long as a server may be silent. */
const THREE_THRESHOLDS_MS = 9_000

const scene = threeHubs()
const { arena } = scene

test('PostgreSQL is restarted', async () => {
  await judge('PostgreSQL restarted', {
    arena,
    strike: async ({ die }) => {
      await scene.postgres.stop()
      die()
      await scene.postgres.start()
    },
  })
})

test('PostgreSQL is away for three thresholds', async () => {
  await judge('PostgreSQL stopped for three thresholds', {
    arena,
    strike: async ({ die }) => {
      await scene.postgres.stop()
      die()
      await sleep(THREE_THRESHOLDS_MS)
      await scene.postgres.start()
    },
  })
})

test('connections to PostgreSQL are cut', async () => {
  await judge('connections cut', {
    arena,
    strike: async ({ die }) => {
      for (let round = 0; round < 4; round++) {
        await scene.postgres.asOwner((client) =>
          client.query(
            'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
          ),
        )
        if (round === 1) die()
        await sleep(700)
      }
    },
  })
})
