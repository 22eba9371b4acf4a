import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'vitest'
import { threeHubs } from '../support/arena.ts'
import { judge } from '../support/judged.ts'

const { arena } = threeHubs()

test('500 subscribers come back at once', async () => {
  await judge('500 subscribers reconnect at once', {
    arena,
    // A smaller fleet: one process here is all 500 subscribers, and must still beat in time.
    options: { subscribers: 500, servers: 40, intervalMs: 1_000, offlineAfterSeconds: 5 },
    strike: async ({ cast, die, storm }) => {
      const storming = storm()
      die()
      for (let round = 0; round < 3; round++) {
        cast.crowd.cut()
        await sleep(1_500)
      }
      await storming
    },
  })
})
