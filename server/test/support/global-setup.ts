import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { chooseDataDir } from '../../src/database/data-dir.ts'
import { openDatabase } from '../../src/database/open.ts'
import { migrate } from '../../src/store/migrate.ts'
import type { DatabaseConnection } from '../../src/store/pool.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the tests make their databases, and the one that they copy. */
    readonly testDatabase: {
      readonly connection: DatabaseConnection
      readonly prefix: string
      readonly template: string
    }
  }
}

/**
 * One PostgreSQL for all tests of a run: the embedded one in a folder of its own, or the one that
 * `STACKSENSE_TEST_DATABASE_URL` names. `DATABASE_URL` is never looked at: somebody's data may be there.
 */
export default async function setup(project: TestProject) {
  const folder = mkdtempSync(join(tmpdir(), 'stacksense-test-'))
  chmodSync(folder, 0o711) // under root, PostgreSQL runs as another user
  const databaseUrl = process.env.STACKSENSE_TEST_DATABASE_URL
  const database = await openDatabase({
    databaseUrl,
    dataDir: chooseDataDir({ chosen: join(folder, 'data'), embedded: !databaseUrl }),
    log: () => undefined,
  })
  const prefix = `stacksense_test_${randomBytes(4).toString('hex')}`
  const template = `${prefix}_template`
  await admin(database.connection, (client) => client.query(`create database ${template}`))
  await migrate(inDatabase(database.connection, template))
  project.provide('testDatabase', { connection: database.connection, prefix, template })

  return async () => {
    await admin(database.connection, (client) => dropAll(client, prefix))
    await database.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The same server, another database on it. */
export function inDatabase(connection: DatabaseConnection, database: string): DatabaseConnection {
  if (!connection.connectionString) return { ...connection, database }
  const url = new URL(connection.connectionString)
  url.pathname = `/${database}`
  return { ...connection, connectionString: url.href }
}

export async function admin<T>(connection: DatabaseConnection, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ ...connection })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

async function dropAll(client: pg.Client, prefix: string): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select datname as name from pg_database where datname like $1 || '%'`,
    [prefix],
  )
  for (const { name } of rows) await client.query(`drop database if exists ${name} with (force)`)
}
