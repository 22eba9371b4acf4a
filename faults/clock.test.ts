import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { threeHubs } from './support/arena.ts'
import { judge } from './support/judged.ts'
import { wrapper } from './support/postgres-server.ts'

/** Debian's package `libfaketime`, on either architecture. */
const LIBRARIES = ['x86_64', 'aarch64'].map((cpu) => `/usr/lib/${cpu}-linux-gnu/faketime/libfaketime.so.1`)
const MINUTES_S = 180

let clockFile = ''
const scene = threeHubs((folder, program) => {
  const library = LIBRARIES.find((path) => existsSync(path))
  if (!library) throw new Error('This needs the package "libfaketime".')
  clockFile = join(folder, 'clock')
  setClock(0)
  const settings = `FAKETIME_TIMESTAMP_FILE=${clockFile} FAKETIME_CACHE_DURATION=1 FAKETIME_DONT_FAKE_MONOTONIC=1 NO_FAKE_STAT=1`
  return wrapper(folder, `LD_PRELOAD=${library} ${settings} exec ${program} "$@"`)
})
const { arena } = scene

/** By how many seconds the clock on the wall of PostgreSQL is ahead of the true one. */
function setClock(seconds: number): void {
  writeFileSync(clockFile, `${seconds < 0 ? '' : '+'}${seconds}\n`, { mode: 0o644 })
}

async function stepTo(seconds: number): Promise<void> {
  setClock(seconds)
  const aheadS = () =>
    scene.postgres.asOwner(async (client) => {
      const { rows } = await client.query('select extract(epoch from clock_timestamp())::float8 as now')
      return rows[0].now - Date.now() / 1_000
    })
  await expect.poll(aheadS, { timeout: 20_000 }).toBeCloseTo(seconds, 0)
  await sleep(2_000)
}

test.each([
  ['forward by minutes', 0, MINUTES_S],
  ['back by minutes', MINUTES_S, 0],
])("the database's clock is set %s", async (how, from, to) => {
  await stepTo(from)
  await judge(`database's clock set ${how}`, {
    arena,
    clockIsMoved: true,
    options: { graceMs: 6_000 },
    strike: async ({ die }) => {
      die()
      await stepTo(to)
    },
  })
})
