import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { ask } from '../server/test/support/hub-process.ts'
import { threeHubs } from './support/arena.ts'
import type { FaultHub } from './support/fault-hub.ts'
import { judge } from './support/judged.ts'

/** Longer than a server may be silent, and than a leader may be. */
const LONG_MS = 7_000
/** So long at least the session of a leader that was stopped lives on: 5 s, less the second since its last ping. */
const SESSION_LEFT_MS = 4_000
const PATIENCE = { timeout: 60_000 }

const scene = threeHubs()
const { arena } = scene

test('the leader is killed', async () => {
  await judge('kill -9 of the leader', {
    arena,
    strike: async ({ die }) => {
      const leader = await arena.leader()
      await leader.end('SIGKILL')
      die()
      await sleep(1_000)
      await leader.start()
    },
  })
})

test('a follower is killed', async () => {
  await judge('kill -9 of a follower', {
    arena,
    strike: async ({ die }) => {
      const follower = await arena.follower()
      await follower.end('SIGKILL')
      die()
      await sleep(1_000)
      await follower.start()
    },
  })
})

test('the leader is stopped in the middle of a transaction, and goes on', async () => {
  const since = new Date().toISOString()
  await judge('leader stopped in the middle of a transaction', {
    arena,
    strike: async ({ cast, die }) => {
      const leader = await arena.leader()
      await scene.postgres.asOwner(async (client) => {
        // Whoever writes this server's heartbeat now holds the rows of its batch, and waits.
        const server = cast.servers.at(-1) // the first has died by now
        await client.query('begin')
        await client.query('select 1 from server_heartbeat where server_id = $1 for update', [server?.id])
        const waiting = `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`
        await expect
          .poll(async () => {
            await client.query('select pg_stat_clear_snapshot()') // else a transaction sees the sessions of its first look
            return (await client.query(waiting)).rows.length
          })
          .toBeGreaterThan(0)
        leader.signal('SIGSTOP')
      })
      die()
      await sleep(LONG_MS)
      const other = arena.hubs.find((hub) => hub !== leader)
      await expect.poll(async () => (await other?.leader()) ?? leader.name, PATIENCE).not.toBe(leader.name)
      leader.signal('SIGCONT')
    },
  })
  const { observationGaps } = await ask<{ observationGaps: { from: string; until: string }[] }>(
    arena.hubs[0] as FaultHub,
    'query ($since: DateTime) { observationGaps(from: $since) { from until } }',
    { since },
  )
  // None, on a machine that does not stand still itself; were it the leader's fault, it would last as long as its session.
  const blindMs = observationGaps.map(({ from, until }) => Date.parse(until) - Date.parse(from))
  expect(Math.max(0, ...blindMs)).toBeLessThan(SESSION_LEFT_MS)
})

test('all hubs are stopped, and go on', async () => {
  await judge('all hubs stopped', {
    arena,
    strike: async ({ die }) => {
      for (const hub of arena.hubs) hub.signal('SIGSTOP')
      die()
      await sleep(LONG_MS)
      for (const hub of arena.hubs) hub.signal('SIGCONT')
    },
  })
})

test('the hubs are restarted one after another', async () => {
  await judge('rolling restart', {
    arena,
    strike: async ({ die }) => {
      for (const hub of arena.hubs) {
        await hub.end('SIGTERM')
        die()
        await hub.start()
      }
    },
  })
})

test('agents on bad lines', async () => {
  await judge('30 % of agents lose 1 % of requests', {
    arena,
    options: { weather: { share: 0.3, loss: 0.01, delayMs: 50 } },
    strike: async ({ die }) => {
      die()
      await sleep(5_000)
    },
  })
})
