import { PostgresDialect } from 'kysely'
import type pg from 'pg'

/**
 * Lets MikroORM use a pool.
 *
 * Where a session is lost in the middle of a transaction, kysely can neither commit nor roll back, and keeps the connection: the
 * pool would have one less for good, and would wait for it when it ends, for ever. So one that has ended is given back here.
 */
export function ormDialect(pool: pg.Pool): PostgresDialect {
  const connect = async () => givenBackAtEnd(await pool.connect())
  return new PostgresDialect({ pool: { connect, end: () => pool.end(), options: pool.options } })
}

function givenBackAtEnd(client: pg.PoolClient): pg.PoolClient {
  const { release } = client
  let isLent = true
  const giveBack = (isBroken?: Error | boolean) => {
    if (!isLent) return
    isLent = false
    client.off('end', onEnd)
    release(isBroken)
  }
  const onEnd = () => giveBack(true)
  client.on('end', onEnd)
  client.release = giveBack
  return client
}
