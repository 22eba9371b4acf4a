import { describe, expect, test } from 'vitest'
import { openDatabase } from '../src/database/open.ts'
import { urlOf } from './support/app-scene.ts'
import { freshDatabase } from './support/hub-scene.ts'

function open(databaseUrl: string) {
  return openDatabase({ databaseUrl, dataDir: '/nonexistent', log: () => undefined })
}

describe('DATABASE_URL', () => {
  test('opens a PostgreSQL, and leaves it running', async () => {
    const url = urlOf((await freshDatabase()).connection)
    const first = await open(url)
    expect(first).toMatchObject({ embedded: false, connection: { connectionString: url } })
    await first.stop()
    await open(url)
  })

  test('to a database that does not exist is refused by name', async () => {
    const url = new URL(urlOf((await freshDatabase()).connection))
    url.pathname = '/no_such_database'
    await expect(open(url.href)).rejects.toThrow(/^DATABASE_URL: cannot connect .*"no_such_database" does not exist\.$/)
  })

  test.each([
    ['postgres://me:hunter2@127.0.0.1:1/x', 'cannot connect to PostgreSQL at 127.0.0.1:1/x: '],
    ['postgres://me:hunter2@localhost:1/x', 'cannot connect to PostgreSQL at localhost:1/x: '],
    ['postgres://me:hunter2@nowhere.invalid/x', 'cannot connect to PostgreSQL at nowhere.invalid:5432/x: '],
    ['postgres://me@127.0.0.1:1/x?password=hunter2', 'cannot connect to PostgreSQL at 127.0.0.1:1/x: '],
    ['postgres://me@/x?host=/nonexistent&password=hunter2', 'cannot connect to PostgreSQL at /nonexistent:5432/x: '],
    ['postgres://me:5432/hunter2@localhost/x', 'not a valid address'],
    ['postgres://me:5432#hunter2@localhost/x', 'not a valid address'],
    ['postgres://me:5432?hunter2@localhost/x', 'not a valid address'],
    ['postgres://me:p@5432/hunter2@localhost/x', 'not a valid address'],
    ['postgres://me:hunter2/@localhost:port/x', 'not a valid address'],
    ['postgres://me:%hunter2@localhost:1/x', 'DATABASE_URL: '],
  ])('never shows the password: %s', async (url, sentence) => {
    const refusal = await open(url).then(
      () => 'opened',
      (error: Error) => `${error.name}: ${error.message}`,
    )
    expect(refusal).toMatch(/^StartError: DATABASE_URL: .*\.$/)
    expect(refusal).toContain(sentence)
    expect(refusal).not.toContain('hunter2')
  })
})
