import { request } from 'node:http'
import { json } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { ADMIN_TOKEN, startTestApp, type TestApp } from './support/app-scene.ts'

const BODY = { agent_version: '1.0.0' }
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

/** What the hub knows of the server now. */
async function seen(app: TestApp, id: string) {
  const { data } = await app.graphql('query ($id: ID!) { server(id: $id) { status heartbeat { agentVersion } } }', {
    id,
  })
  return { status: data.server.status, agentVersion: data.server.heartbeat.agentVersion }
}

/** Sends what curl sends: the credential in an address goes as Basic. */
function curl(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ status?: number; body: unknown }> {
  return new Promise((resolve, reject) => {
    const call = request(
      url,
      { method: 'POST', headers: { 'content-type': 'application/json', ...headers } },
      async (answer) => {
        resolve({ status: answer.statusCode as number, body: await json(answer) })
      },
    )
    call.on('error', reject)
    call.end('{"agent_version": "1.0.0"}')
  })
}

describe('the original’s curl line', () => {
  test('with the token as Bearer, or in the address', async () => {
    const app = await startTestApp()
    const { id, token } = await app.addServer('web-1')
    const expected = {
      status: 200,
      body: {
        status: 'ok',
        server_id: 1,
        server_name: 'web-1',
        heartbeat_received: true,
        timestamp: expect.stringMatching(ISO),
      },
    }
    expect(await curl(`${app.url}/api/heartbeat/${id}/`, bearer(token))).toEqual(expected)
    expect(await curl(`${app.url.replace('//', `//agent:${token}@`)}/api/heartbeat/${id}/`)).toEqual(expected)
    expect(await seen(app, id)).toEqual({ status: 'ONLINE', agentVersion: '1.0.0' })
  })

  test('without a token under open ingest, of which the log warns', async () => {
    const app = await startTestApp({ STACKSENSE_OPEN_INGEST: 'true' })
    const { id } = await app.addServer('web-1')
    expect(app.logged.join('')).toMatch(/OPEN_INGEST is on/)
    expect((await curl(`${app.url}/api/heartbeat/${id}/`)).status).toBe(200)
    expect(await seen(app, id)).toMatchObject({ status: 'ONLINE' })

    expect(await curl(`${app.url}/api/heartbeat/99/`)).toEqual({
      status: 404,
      body: { error: 'Server not found', code: 'SERVER_NOT_FOUND' },
    })
    expect((await curl(`${app.url}/api/heartbeat/${id}/`, bearer('wrong'))).status).toBe(401)
  })

  test('without a token otherwise: refused', async () => {
    const app = await startTestApp()
    const { id } = await app.addServer('web-1')
    expect(await curl(`${app.url}/api/heartbeat/${id}/`)).toMatchObject({
      status: 401,
      body: { code: 'UNAUTHENTICATED' },
    })
    expect(await seen(app, id)).toMatchObject({ status: 'OFFLINE' })
  })
})

test('who may report for whom', async () => {
  const app = await startTestApp()
  const one = await app.addServer('one')
  const two = await app.addServer('two')
  const send = async (id: string, headers: Record<string, string>) => {
    const answer = await app.post(`/api/heartbeat/${id}`, BODY, headers)
    return [answer.status, ((await answer.json()) as { code?: string }).code]
  }
  expect(await send(one.id, bearer(one.token))).toEqual([200, undefined])
  expect(await send(two.id, bearer(one.token))).toEqual([403, 'FORBIDDEN'])
  expect(await send('99', bearer(one.token))).toEqual([403, 'FORBIDDEN'])
  expect(await send('99', bearer(ADMIN_TOKEN))).toEqual([404, 'SERVER_NOT_FOUND'])
  expect(await send('2147483648', bearer(ADMIN_TOKEN))).toEqual([404, 'SERVER_NOT_FOUND'])
  expect(await send('9'.repeat(60), bearer(ADMIN_TOKEN))).toEqual([404, 'SERVER_NOT_FOUND'])
  expect(await send('99', {})).toEqual([401, 'UNAUTHENTICATED'])
  expect(await send(two.id, bearer('ssa_unknown'))).toEqual([401, 'UNAUTHENTICATED'])
  expect(await seen(app, two.id)).toMatchObject({ status: 'OFFLINE' })
})

test('a replaced token and the token of a deleted server are refused at once', async () => {
  const app = await startTestApp()
  const { id, token } = await app.addServer('one')
  expect((await app.post(`/api/heartbeat/${id}/`, BODY, bearer(token))).status).toBe(200)
  const { data } = await app.graphql('mutation ($id: ID!) { rotateAgentToken(id: $id) { agentToken } }', { id })
  await expect.poll(async () => (await app.post(`/api/heartbeat/${id}/`, BODY, bearer(token))).status).toBe(401)
  const fresh = data.rotateAgentToken.agentToken
  expect((await app.post(`/api/heartbeat/${id}/`, BODY, bearer(fresh))).status).toBe(200)

  await app.graphql('mutation ($id: ID!) { deleteServer(id: $id) }', { id })
  await expect.poll(async () => (await app.post(`/api/heartbeat/${id}/`, BODY, bearer(fresh))).status).toBe(401)
})

test('no token and no cookie ever reaches the log', async () => {
  const app = await startTestApp()
  const { id, token } = await app.addServer('one')
  await app.post(`/api/heartbeat/${id}/`, BODY, bearer(token))
  await app.post(`/api/heartbeat/${id}/?token=${token}`, { agent_version: token }, bearer('a-wrong-token'))
  const signedIn = await app.post('/api/session', { code: app.code })
  const session = /stacksense_session=([^;]+)/.exec(signedIn.headers.get('set-cookie') ?? '')?.[1] as string
  await fetch(`${app.url}/api/session`, { headers: { cookie: `stacksense_session=${session}` } })
  await app.graphql(`{ server(id: "${token}") { id } }`)
  await app.stop()

  const log = app.logged.join('')
  expect(log).toContain('/api/session')
  for (const secret of [token, session, app.code, ADMIN_TOKEN, 'a-wrong-token']) expect(log).not.toContain(secret)
})
