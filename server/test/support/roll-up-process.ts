import pg from 'pg'
import { packDays } from '../../src/store/metric-days.ts'
import { rollUpSome } from '../../src/store/metric-rollup.ts'
import type { DatabaseConnection } from '../../src/store/pool.ts'
import type { Store } from '../../src/store/store.ts'

/*
 * Rolls up one hour after the other, packs its day after each, and kills itself, as hard as it can be, at its n-th statement: just before it is sent
 * or, where n is odd, just after.
 */

const [connection, at] = JSON.parse(process.argv[2] ?? '') as [DatabaseConnection, number]
const store = { pool: new pg.Pool({ ...connection, options: '-c timezone=UTC' }) } as unknown as Store

let statements = 0
const query = pg.Client.prototype.query as (...args: unknown[]) => unknown
pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
  const fatal = statements++ === at
  if (fatal && at % 2 === 0) process.kill(process.pid, 'SIGKILL')
  const answer = query.apply(this, args)
  if (fatal) process.kill(process.pid, 'SIGKILL')
  return answer
} as typeof pg.Client.prototype.query

const step = { graceMs: 0, size: 1 }
for (;;) {
  const { done } = await rollUpSome(store, step)
  const { done: packed } = await packDays(store, step)
  // Another's lock goes with its session, which the database may not have seen end yet.
  if (done + packed === 0) await new Promise((resolve) => setTimeout(resolve, 10))
}
