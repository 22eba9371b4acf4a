import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { ask, type HubProcess, scratchFolder, startHub } from './support/hub-process.ts'
import { freshDatabase } from './support/hub-scene.ts'
import { type TestDatabase, urlOf } from './support/test-database.ts'

/** Each command is a program that starts. */
vi.setConfig({ testTimeout: 120_000 })
const PATIENCE = { timeout: 60_000 }

/** The command as npm has linked it. */
const STACKSENSE = fileURLToPath(new URL('../../node_modules/.bin/stacksense', import.meta.url))

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

type Environment = Readonly<Record<string, string>>

/** On the Node that the tests run on. */
function start(env: Environment, ...args: string[]) {
  return spawn(STACKSENSE, args, { env: { PATH: `${dirname(process.execPath)}:${process.env.PATH}`, ...env } })
}

function stacksense(env: Environment, ...args: string[]): Promise<Ended> {
  const child = start(env, ...args)
  let out = ''
  let err = ''
  child.stdout.on('data', (bytes) => {
    out += bytes
  })
  child.stderr.on('data', (bytes) => {
    err += bytes
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, out, err }))
  })
}

/** Runs what must succeed; its output. */
async function ok(env: Environment, ...args: string[]): Promise<string> {
  const { code, out, err } = await stacksense(env, ...args)
  expect({ code, err }, args.join(' ')).toEqual({ code: 0, err: '' })
  return out
}

async function inDatabase(database: TestDatabase, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: urlOf(database) })
  await client.connect()
  await client.query(sql)
  await client.end()
}

describe('with a hub', () => {
  let database: TestDatabase
  let hub: HubProcess
  let here: { STACKSENSE_DATA_DIR: string }

  beforeEach(async () => {
    database = await freshDatabase()
    here = { STACKSENSE_DATA_DIR: scratchFolder() }
    hub = await startHub({ DATABASE_URL: urlOf(database), ...here })
  })

  const beat = async (id: string, token: string) =>
    (await fetch(`${hub.url}/api/heartbeat/${id}/`, { method: 'POST', headers: { authorization: `Bearer ${token}` } }))
      .status

  async function add(name: string, ...options: string[]): Promise<{ id: string; token: string }> {
    const { server, agentToken } = JSON.parse(await ok(here, 'server', 'add', name, '--json', ...options))
    return { id: server.id, token: agentToken }
  }

  test('a server is added, beats with the token that was shown, is listed, gets another token, and is removed', async () => {
    const added = await ok(here, 'server', 'add', 'web-1', '--tag', 'web', '--tag=eu', '--offline-after', '90')
    expect(added).toMatch(/^Added web-1, id 1\.\n\nIts token, shown this once:\n\n {2}ssa_/)
    const token = /ssa_[\w-]+/.exec(added)?.[0] as string
    expect(await ok(here, 'server', 'list')).toMatch(/web-1 {2}Waiting for \d+ s {2}– {15}web, eu\n$/)

    expect(await beat('1', token)).toBe(200)
    expect(await ok(here, 'server', 'list', '--search', 'WEB')).toMatch(/web-1 {2}ONLINE for \d+ s {2}\d+ s ago /)
    const list = JSON.parse(await ok(here, 'server', 'list', '--tag', 'eu', '--json'))
    expect(list).toMatchObject([{ id: '1', status: 'ONLINE', tags: ['web', 'eu'], offlineAfterSeconds: 90 }])
    expect(await ok(here, 'server', 'list', '--tag', 'us')).toBe('No server is like that.\n')

    const rotated = await ok(here, 'server', 'rotate-token', 'web-1')
    const successor = /ssa_[\w-]+/.exec(rotated)?.[0] as string
    expect(await beat('1', successor)).toBe(200)
    await expect.poll(() => beat('1', token)).toBe(401)

    expect(await ok(here, 'server', 'remove', 'web-1')).toBe('Removed web-1, id 1. Its token is refused from now on.\n')
    expect(await ok(here, 'server', 'list')).toBe('No servers yet.\n')
    expect(await stacksense(here, 'server', 'remove', '1')).toEqual({
      code: 2,
      out: '',
      err: 'No server has the name or id "1".\n',
    })
  })

  test('a name in use, and a name that is also an id, are refused in one sentence', async () => {
    await add('web-1')
    await add('1')
    const { code, err } = await stacksense(here, 'server', 'add', 'web-1')
    expect(code).toBe(2)
    expect(err).toMatch(/^The hub refused: .+\n$/)
    expect((await stacksense(here, 'server', 'remove', '1')).err).toContain('the name of one server and the id of')
    await ok(here, 'server', 'remove', '2')
    await ok(here, 'server', 'remove', '1')
  })

  test('a token is created, works within its scope, is listed, and is revoked', async () => {
    const created = await ok(here, 'token', 'create', 'bot', '--expires-at', '2099-01-31')
    expect(created).toContain('scope read. It expires at 2099-01-31 00:00:00 UTC.')
    const token = /ssk_[\w-]+/.exec(created)?.[0] as string
    const bot = { STACKSENSE_API_URL: hub.url, STACKSENSE_TOKEN: token }
    expect(await ok(bot, 'server', 'list')).toBe('No servers yet.\n')
    expect(await stacksense(bot, 'server', 'add', 'x')).toEqual({
      code: 2,
      out: '',
      err: 'The hub refused: This needs the scope "admin".\n',
    })

    expect(await ok(here, 'token', 'list')).toMatch(/^\d +bot +read +20.* 2099-01-31 00:00:00 {2}–$/m)
    const listed = JSON.parse(await ok(here, 'token', 'list', '--json'))
    expect(listed[0]).toMatchObject({ name: 'bot', scope: 'READ', revokedAt: null })
    expect(JSON.stringify(listed)).not.toContain(token)

    expect(await ok(here, 'token', 'revoke', 'bot')).toMatch(/^Revoked bot, id \d+\. /)
    await expect
      .poll(async () => (await stacksense(bot, 'server', 'list')).err)
      .toBe(`The hub at ${hub.url} does not accept the token: check STACKSENSE_TOKEN.\n`)
    expect((await stacksense(here, 'token', 'revoke', 'bot')).err).toMatch(
      /^The token bot, id \d+, is revoked already\.\n$/,
    )
    await ok(here, 'token', 'create', 'bot', '--scope', 'operate', '--json')
    expect(await ok(here, 'token', 'revoke', 'bot')).toContain('Revoked bot')
  })

  test('check-heartbeats ends with 0 when all are alive, with 1 when one was never seen or is OFFLINE', async () => {
    expect(await ok(here, 'check-heartbeats')).toBe('No servers yet.\n')
    const { id, token } = await add('web-1')
    const neverSeen = await stacksense(here, 'check-heartbeats')
    expect(neverSeen).toEqual({
      code: 1,
      out: expect.stringMatching(
        /^1 of 1 server is not alive: 1 waiting for its first heartbeat\.\n\nWaiting {2}web-1 /,
      ),
      err: '',
    })

    expect(await beat(id, token)).toBe(200)
    const alive = await ok(here, 'check-heartbeats', '--verbose')
    expect(alive).toMatch(/^The server is alive\.\n\nONLINE {2}web-1 {2}id 1 {2}last heartbeat \d+ s ago\n$/)

    await ask(hub, 'mutation ($id: ID!) { updateServer(id: $id, input: { offlineAfterSeconds: 2 }) { id } }', { id })
    await expect.poll(async () => (await stacksense(here, 'check-heartbeats')).code, PATIENCE).toBe(1)
    const { out } = await stacksense(here, 'check-heartbeats')
    expect(out).toMatch(
      /^1 of 1 server is not alive: 1 OFFLINE\.\n\nOFFLINE {2}web-1 .* no heartbeat for \d+ s, limit 2 s\n$/,
    )
  })

  test('check-heartbeats leaves suspended servers out, and names late ones', async () => {
    const { id, token } = await add('slow', '--offline-after', '600')
    await beat(id, token)
    await add('old')
    await inDatabase(database, "update server_heartbeat set last_heartbeat_at = last_heartbeat_at - interval '5 min'")
    await ask(hub, 'mutation { suspendServer(id: 2) { id } }')

    const checked = JSON.parse(await ok(here, 'check-heartbeats', '--json'))
    expect(checked).toMatchObject({
      ok: true,
      warnSeconds: 60,
      counts: { online: 1, warning: 0, offline: 0, neverSeen: 0, suspended: 1, total: 2, late: 1 },
      servers: [{ name: 'slow', status: 'ONLINE', late: true }],
    })
    expect(await ok(here, 'check-heartbeats')).toContain('1 server is alive, but silent for more than 60 s.')
    expect(await ok(here, 'check-heartbeats', '--warn-seconds', '500')).toBe(
      'The server is alive. 1 suspended server does not count.\n',
    )
  })

  test('check-heartbeats counts fleets beyond 10,000', async () => {
    await inDatabase(
      database,
      `with made as (
         insert into server (name, agent_token_hash, status, status_reason)
         select 'server-' || i, int4send(i), 'ONLINE', 'HEALTHY' from generate_series(1, 10001) i returning id)
       insert into server_heartbeat (server_id, last_heartbeat_at) select id, statement_timestamp() from made`,
    )
    const { counts } = JSON.parse(await ok(here, 'check-heartbeats', '--json'))
    expect(counts).toMatchObject({ total: 10_001, online: 10_001 })
  })

  test('a hub that is gone is said in one clear sentence, with 2', async () => {
    await hub.kill('SIGKILL')
    for (const args of [['check-heartbeats'], ['check-heartbeats', '--json'], ['server', 'list'], ['token', 'list']]) {
      const { code, out, err } = await stacksense(here, ...args)
      expect({ code, out }).toEqual({ code: 2, out: '' })
      expect(err).toMatch(
        /^No hub can be reached at http:\/\/127\.0\.0\.1:\d+: connect ECONNREFUSED \S+\.\nStart the hub, /,
      )
    }
  })

  test('a token that is not accepted, and one that may not read, end with 2', async () => {
    const { token } = await add('web-1')
    for (const wrong of ['ssk_nonsense', token]) {
      const env = { STACKSENSE_API_URL: hub.url, STACKSENSE_TOKEN: wrong }
      const { code, out, err } = await stacksense(env, 'check-heartbeats')
      expect({ code, out }).toEqual({ code: 2, out: '' })
      expect(err.trim().split('\n')).toHaveLength(1)
    }
  })
})

test('where no hub was ever started, it says how to name one, with 2', async () => {
  const { code, out, err } = await stacksense({ STACKSENSE_DATA_DIR: scratchFolder() }, 'check-heartbeats')
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err).toMatch(/^No hub found: start one, or name one by STACKSENSE_API_URL and STACKSENSE_TOKEN \(.*\)\.\n$/)
})

test('migrate makes the tables, once, and serve runs a hub on them until it is stopped', async () => {
  const database = await freshDatabase()
  const env = { DATABASE_URL: urlOf(database), STACKSENSE_DATA_DIR: scratchFolder() }
  await inDatabase(database, 'drop schema public cascade; create schema public')
  expect(await ok(env, 'migrate')).toMatch(/^The tables are up to date: 2026-11-24-first, .+\.\n$/)
  expect(await ok(env, 'migrate')).toBe('The tables are up to date already.\n')

  const serve = start({ ...env, PORT: '0', STACKSENSE_HOST: '127.0.0.1', STACKSENSE_LOCAL_AGENT: 'false' }, 'serve')
  onTestFinished(() => void serve.kill('SIGKILL'))
  const ended = once(serve, 'exit')
  let out = ''
  serve.stdout.on('data', (bytes) => {
    out += bytes
  })
  await expect.poll(() => out, PATIENCE).toContain('StackSense is ready at')
  expect(await ok(env, 'server', 'list')).toBe('No servers yet.\n')
  serve.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
})

test.each([
  [{}, 'DATABASE_URL is not set. A hub brings its embedded database up to date when it starts.\n'],
  [{ DATABASE_URL: 'postgres://u:hunter2@127.0.0.1:1/x' }, expect.stringMatching(/^DATABASE_URL: (?!.*hunter2).+\n$/)],
])('migrate without a database that it can reach ends with one sentence: %j', async (env, err) => {
  expect(await stacksense(env as Environment, 'migrate')).toEqual({ code: 2, out: '', err })
})
