import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { BEARER, type ServedRoutes, serve } from '../../test/support/routes-scene.ts'
import { Refusal } from '../errors.ts'
import { listen, localUrl } from './listen.ts'
import { newFastify } from './new-fastify.ts'

let hub: ServedRoutes
beforeEach(async () => {
  hub = await serve()
})
afterEach(() => hub.stop())

describe('POST /api/heartbeat/:id', () => {
  test.each(['/api/heartbeat/1/', '/api/heartbeat/1'])('%s takes a heartbeat', async (path) => {
    const answer = await hub.post(path, { agent_version: '1.0.0' }, BEARER)
    expect(answer.status).toBe(200)
    expect(await answer.json()).toEqual({
      status: 'ok',
      server_id: 1,
      server_name: 'web-1',
      heartbeat_received: true,
      timestamp: '1970-01-01T00:00:00.000Z',
    })
    expect(hub.record).toHaveBeenCalledWith(1, { agentVersion: '1.0.0' }, expect.any(Number))
  })

  test.each(['application/json', 'text/plain', 'application/x-www-form-urlencoded', 'image/png; x', 'rubbish', ';;'])(
    'a body of type "%s" is read as JSON',
    async (type) => {
      const answer = await hub.post('/api/heartbeat/1/', '{"agent_version":"2"}', { ...BEARER, 'content-type': type })
      expect(answer.status).toBe(200)
      expect(hub.record).toHaveBeenCalledWith(1, { agentVersion: '2' }, expect.any(Number))
    },
  )

  test('a broken body does not cost the heartbeat', async () => {
    expect((await hub.post('/api/heartbeat/1/', '{"agent_version":', BEARER)).status).toBe(200)
    expect(hub.record).toHaveBeenCalledWith(1, {}, expect.any(Number))
  })

  test('a body over 64 KB does', async () => {
    const answer = await hub.post('/api/heartbeat/1/', `"${'x'.repeat(65_536)}"`, BEARER)
    expect(answer.status).toBe(413)
    expect(await answer.json()).toMatchObject({ code: 'TOO_LARGE' })
    expect(hub.record).not.toHaveBeenCalled()
  })

  test('a field that cannot be stored is refused by name', async () => {
    const answer = await hub.post('/api/heartbeat/1/', { agent_version: 1 }, BEARER)
    expect(answer.status).toBe(400)
    expect(await answer.json()).toEqual({
      error: 'agent_version is not a string.',
      code: 'BAD_USER_INPUT',
      field: 'agent_version',
    })
  })

  test.each([
    ['no token', {}, '1', 401, 'UNAUTHENTICATED'],
    ['a wrong token', { authorization: 'Bearer nope' }, '1', 401, 'UNAUTHENTICATED'],
    ['a header without token', { authorization: 'Bearer' }, '1', 401, 'UNAUTHENTICATED'],
    ['an old cookie', { cookie: 'stacksense_session=old' }, '1', 401, 'UNAUTHENTICATED'],
    ['another server', BEARER, '2', 403, 'FORBIDDEN'],
    ['an id beyond int4', BEARER, '2147483648', 403, 'FORBIDDEN'],
    ['an unknown server', { cookie: 'stacksense_session=session' }, '2', 404, 'SERVER_NOT_FOUND'],
    ['an id with NUL', { cookie: 'stacksense_session=session' }, '1%00', 404, 'SERVER_NOT_FOUND'],
    ['an endless id', { cookie: 'stacksense_session=session' }, '1'.repeat(5_000), 414, 'TOO_LARGE'],
    ['an id that is no UTF-8', { cookie: 'stacksense_session=session' }, '%ff', 400, 'BAD_USER_INPUT'],
  ])('%s', async (_, headers, id, status, code) => {
    const answer = await hub.post(`/api/heartbeat/${id}/`, {}, headers as Record<string, string>)
    expect({ status: answer.status, ...((await answer.json()) as object) }).toMatchObject({ status, code })
    expect(hub.record.mock.calls.filter(([recorded]) => recorded === 1)).toEqual([])
  })

  test('whoever sends no token is told that Basic will do', async () => {
    const answer = await hub.post('/api/heartbeat/1/', {})
    expect(answer.headers.get('www-authenticate')).toContain('Basic')
  })

  test('a stranger’s page cannot report by the cookie', async () => {
    const headers = { cookie: 'stacksense_session=session', origin: 'http://evil.example' }
    expect((await hub.post('/api/heartbeat/1/', {}, headers)).status).toBe(403)
  })

  test('a browser that opens the address is told what to do', async () => {
    const answer = await fetch(`${hub.url}/api/heartbeat/1/`)
    expect(answer.status).toBe(405)
    expect(answer.headers.get('allow')).toBe('POST')
  })

  test('it counts from when it was here, not from when it was known whose it is', async () => {
    let knownAtMs = 0
    const slow = await serve({
      lookUp: async () => {
        await new Promise((resolve) => setTimeout(resolve, 500))
        knownAtMs = performance.now()
      },
    })
    onTestFinished(() => slow.stop())
    await slow.post('/api/heartbeat/1/', { agent_version: '1.0.0' }, BEARER)
    expect(slow.record).toHaveBeenCalledExactlyOnceWith(1, { agentVersion: '1.0.0' }, expect.any(Number))
    expect(slow.record.mock.calls[0]?.[2]).toBeLessThan(knownAtMs)
  })

  test('a full or unreachable hub asks to come again', async () => {
    hub.record.mockRejectedValueOnce(new Refusal('UNAVAILABLE', 'Away.', { retryAfterSeconds: 3 }))
    const answer = await hub.post('/api/heartbeat/1/', {}, BEARER)
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toBe('3')
  })

  test('a defect is shown to nobody and logged in full', async () => {
    hub.record.mockRejectedValueOnce(new Error('column "secret" does not exist'))
    const answer = await hub.post('/api/heartbeat/1/', {}, BEARER)
    expect(answer.status).toBe(500)
    expect(await answer.json()).toEqual({ error: 'Something went wrong on our side.', code: 'DEFECT' })
    expect(hub.lines.join('')).toContain('column \\"secret\\" does not exist')
    expect(hub.lines.join('')).not.toContain('agent-1')
  })
})

describe('GET /healthz', () => {
  test('is well while the database answers', async () => {
    const answer = await fetch(`${hub.url}/healthz`)
    expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok' }])
  })

  test('is not when it does not', async () => {
    hub.ping.mockRejectedValue(new Error('connection refused'))
    const answer = await fetch(`${hub.url}/healthz`)
    expect([answer.status, await answer.json()]).toEqual([503, { status: 'unavailable' }])
  })

  test('many who ask cost one look', async () => {
    hub.ping.mockImplementation(() => new Promise((resolve) => setTimeout(resolve, 50)))
    await Promise.all(Array.from({ length: 20 }, () => fetch(`${hub.url}/healthz`)))
    expect(hub.ping.mock.calls.length).toBeLessThan(20)
  })
})

describe('the page', () => {
  const get = (path: string) => fetch(hub.url + path)

  test.each(['/', '/sign-in', '/servers/1', '/index.html'])(
    '%s is the page, asked for anew each time',
    async (path) => {
      const answer = await get(path)
      expect(answer.status).toBe(200)
      expect(answer.headers.get('content-type')).toMatch('text/html')
      expect(answer.headers.get('cache-control')).toBe('no-cache')
      expect(await answer.text()).toContain('StackSense')
    },
  )

  test('what the build names by its content is kept for ever', async () => {
    const answer = await get('/assets/main-1a2b.js')
    expect(answer.headers.get('cache-control')).toContain('immutable')
  })

  test.each([
    '/assets/gone.js',
    '/favicon.ico',
    '/api/nothing',
    '/api',
    '/%2e%2e/%2e%2e/etc/hosts.txt',
    '/assets/..%2f..%2fpackage.json',
    '/a%00b.js',
    '/.env',
  ])('%s is not', async (path) => {
    const answer = await get(path)
    expect(answer.status).toBe(404)
    expect(await answer.json()).toMatchObject({ code: 'NOT_FOUND' })
  })

  test('no answer lets foreign scripts, frames or guesses of its type in', async () => {
    for (const path of ['/', '/assets/main-1a2b.js', '/healthz', '/api/nothing', '/api/%ff']) {
      const { headers } = await get(path)
      expect(headers.get('content-security-policy')).toMatch(/script-src 'self';.*frame-ancestors 'none'/)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('referrer-policy')).toBe('same-origin')
    }
  })
})

test('the log names the path and never the query', async () => {
  await fetch(`${hub.url}/sign-in?code=ssc_secret`)
  await vi.waitFor(() => expect(hub.lines.join('')).toContain('/sign-in'))
  expect(hub.lines.join('')).not.toContain('ssc_secret')
})

test('a port that is in use is said in one sentence', async () => {
  const port = Number(new URL(hub.url).port)
  const second = newFastify(pino({ level: 'silent' }))
  await expect(listen(second, { host: '127.0.0.1', port })).rejects.toMatchObject({
    name: 'StartError',
    message: `Port ${port} is in use. Choose another with PORT=…`,
  })
})

test.each([
  ['0.0.0.0', 'http://127.0.0.1:4000'],
  ['::', 'http://127.0.0.1:4000'],
  ['10.0.0.5', 'http://10.0.0.5:4000'],
  ['fe80::1', 'http://[fe80::1]:4000'],
])('a hub that listens at %s is reached from its machine at %s', (host, url) => {
  expect(localUrl({ host, port: 4000 })).toBe(url)
})

describe('under open ingest', () => {
  test('an agent without token may report; one with a wrong token is told so', async () => {
    await hub.stop()
    hub = await serve({ openIngest: true })
    expect((await hub.post('/api/heartbeat/1/', {})).status).toBe(200)
    expect((await hub.post('/api/heartbeat/2/', {})).status).toBe(404)
    expect((await hub.post('/api/heartbeat/1/', {}, { authorization: 'Bearer nope' })).status).toBe(401)
    expect((await fetch(`${hub.url}/api/session`)).status).toBe(401)
  })
})
