import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ADMIN_TOKEN, startTestApp, type TestApp } from './support/app-scene.ts'

const cookieOf = (answer: Response) => (answer.headers.get('set-cookie') ?? '').split(';')[0] as string
const whoIs = (app: TestApp, cookie: string) => fetch(`${app.url}/api/session`, { headers: { cookie } })

describe('signing in', () => {
  test('the printed link signs in once', async () => {
    const app = await startTestApp()
    expect(app.signInLink).toMatch(/\/sign-in#code=ssc_[\w-]{43}$/)
    const answer = await app.post('/api/session', { code: app.code })
    expect(answer.status).toBe(204)
    expect(await (await whoIs(app, cookieOf(answer))).json()).toEqual({ name: 'bootstrap', scope: 'admin' })

    const again = await app.post('/api/session', { code: app.code })
    expect([again.status, again.headers.get('set-cookie')]).toEqual([401, null])
  })

  test('of many who use the link at the same moment one gets in', async () => {
    const app = await startTestApp()
    const answers = await Promise.all(Array.from({ length: 10 }, () => app.post('/api/session', { code: app.code })))
    expect(answers.map(({ status }) => status).sort()).toEqual([204, ...Array(9).fill(401)])
  })

  test('an API token signs in, an agent token and others do not', async () => {
    const app = await startTestApp()
    const { token } = await app.addServer('one')
    expect((await app.post('/api/session', { token: ADMIN_TOKEN })).status).toBe(204)
    expect((await app.post('/api/session', { token })).status).toBe(403)
    expect((await app.post('/api/session', { token: 'x'.repeat(10_000) })).status).toBe(401)
    expect((await app.post('/api/session', { token: '\u0000' })).status).toBe(401)
    expect((await app.post('/api/session', { token: app.code })).status).toBe(401)
  })

  test('behind a public https address the cookie travels by TLS only', async () => {
    const app = await startTestApp({ STACKSENSE_PUBLIC_URL: 'https://status.example/' })
    expect(app.signInLink).toMatch(/^https:\/\/status\.example\/sign-in#/)
    const answer = await app.post('/api/session', { code: app.code }, { origin: 'https://status.example' })
    expect(answer.headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Strict; Secure$/)
  })

  test('signing out ends the session at once, also where it was just seen', async () => {
    const app = await startTestApp()
    const cookie = cookieOf(await app.post('/api/session', { code: app.code }))
    expect((await whoIs(app, cookie)).status).toBe(200)
    expect((await fetch(`${app.url}/api/session`, { method: 'DELETE', headers: { cookie } })).status).toBe(204)
    expect((await whoIs(app, cookie)).status).toBe(401)
  })
})

describe('what the cookie may do', () => {
  test('it reads and changes from our page, and only reads from nowhere else', async () => {
    const app = await startTestApp()
    const cookie = cookieOf(await app.post('/api/session', { code: app.code }))
    const create = (name: string, origin: string) =>
      app.graphql(`mutation { createServer(input: { name: "${name}" }) { server { name } } }`, {}, { cookie, origin })

    expect((await create('ours', app.url)).data.createServer.server.name).toBe('ours')
    const theirs = await create('theirs', 'http://evil.example')
    expect([theirs.status, theirs.code]).toEqual([403, 'FORBIDDEN'])
    expect((await create('framed', 'null')).code).toBe('FORBIDDEN')
    const { data } = await app.graphql('{ fleet { servers { name } } }')
    expect(data.fleet.servers).toEqual([{ name: 'ours' }])
  })

  test('an expired one is no anonymous caller', async () => {
    const app = await startTestApp({ STACKSENSE_OPEN_INGEST: 'true' })
    const { status, code } = await app.graphql('{ fleet { cursor } }', {}, { cookie: 'stacksense_session=old' })
    expect([status, code]).toEqual([401, 'UNAUTHENTICATED'])
  })
})

describe('the first start', () => {
  const mode = (path: string) => (statSync(path).mode & 0o777).toString(8)

  test('makes an admin token and keeps it; the next start makes none', async () => {
    const app = await startTestApp({ STACKSENSE_BOOTSTRAP_TOKEN: '' })
    const file = join(app.dataDir, 'admin-token')
    const token = readFileSync(file, 'utf8').trim()
    expect(mode(file)).toBe('600')
    expect(app.told.join('\n')).toContain(file)
    const viewer = await app.graphql('{ viewer { name scope } }', {}, { authorization: `Bearer ${token}` })
    expect(viewer.data.viewer).toEqual({ name: 'admin', scope: 'ADMIN' })
    await app.stop()

    const env = { STACKSENSE_BOOTSTRAP_TOKEN: '', STACKSENSE_DATA_DIR: app.dataDir }
    const again = await startTestApp(env, app.databaseUrl)
    expect(readFileSync(file, 'utf8').trim()).toBe(token)
    expect(again.told.join('\n')).not.toContain(file)
    expect(again.code).not.toBe(app.code)
    expect((await again.post('/api/session', { code: again.code })).status).toBe(204)
  })

  test('programs on this machine find the hub and get in, by the same token after a restart', async () => {
    const app = await startTestApp()
    const file = join(app.dataDir, 'hub.json')
    const hub = JSON.parse(readFileSync(file, 'utf8'))
    expect(mode(file)).toBe('600')
    expect(hub.url).toBe(app.url)
    const { data } = await app.graphql('{ viewer { name } }', {}, { authorization: `Bearer ${hub.token}` })
    expect(data.viewer).toEqual({ name: 'local' })
    await app.stop()

    const again = await startTestApp({ STACKSENSE_DATA_DIR: app.dataDir }, app.databaseUrl)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ url: again.url, token: hub.token })
  })

  test('a second hub on the same database has a local token of its own', async () => {
    const app = await startTestApp({ STACKSENSE_BOOTSTRAP_TOKEN: '' })
    const other = await startTestApp({ STACKSENSE_BOOTSTRAP_TOKEN: '' }, app.databaseUrl)
    const third = await startTestApp({ STACKSENSE_BOOTSTRAP_TOKEN: '' }, app.databaseUrl)
    for (const { dataDir, url } of [app, other, third]) {
      const { token } = JSON.parse(readFileSync(join(dataDir, 'hub.json'), 'utf8'))
      const answer = await fetch(`${url}/api/session`, { headers: { authorization: `Bearer ${token}` } })
      expect(await answer.json()).toMatchObject({ name: expect.stringMatching(/^local/), scope: 'admin' })
    }
  })

  test('another bootstrap token takes the place of the one before', async () => {
    const app = await startTestApp()
    await app.stop()
    const token = 'another-admin-token-of-more-than-32-characters'
    const again = await startTestApp({ STACKSENSE_BOOTSTRAP_TOKEN: token }, app.databaseUrl)
    expect((await again.post('/api/session', { token })).status).toBe(204)
    expect((await again.post('/api/session', { token: ADMIN_TOKEN })).status).toBe(401)
  })
})
