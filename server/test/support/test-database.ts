import { inject } from 'vitest'
import type { DatabaseConnection } from '../../src/store/pool.ts'
import { admin, inDatabase } from './global-setup.ts'

export interface TestDatabase {
  readonly connection: DatabaseConnection
  drop(): Promise<void>
}

let made = 0

/** A database of the test's own, with all tables and nothing in them. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { connection, prefix, template } = inject('testDatabase')
  const name = `${prefix}_${process.pid}_${process.env.VITEST_POOL_ID ?? 0}_${++made}`
  await admin(connection, async (client) => {
    await client.query(`create database ${name} template ${template}`)
  })
  return {
    connection: inDatabase(connection, name),
    drop: () =>
      admin(connection, async (client) => {
        await client.query(`drop database if exists ${name} with (force)`)
      }),
  }
}

/** The database as `DATABASE_URL` would name it. */
export function urlOf(database: TestDatabase): string {
  const { connectionString, host, user, database: name } = database.connection
  return connectionString ?? `postgres://${user}@localhost/${name}?host=${encodeURIComponent(host ?? '')}`
}
