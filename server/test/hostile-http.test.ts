import { request } from 'node:http'
import { connect } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { ADMIN_TOKEN, openTestApp, type TestApp } from './support/app-scene.ts'

let app: TestApp
let server: { id: string; token: string }

beforeAll(async () => {
  app = await openTestApp()
  server = await app.addServer('neighbour')
})
afterAll(() => app.remove())

/** Whatever was sent: nobody else paid for it, and nothing of it was a defect. */
async function unharmed() {
  const answer = await beat({ agent_version: '1.0.0' })
  expect(answer.status).toBe(200)
  expect(app.logged.filter((line) => JSON.parse(line).level === 'error')).toEqual([])
}

const beat = (body?: unknown) =>
  app.post(`/api/heartbeat/${server.id}/`, body, { authorization: `Bearer ${server.token}` })
const admin = { authorization: `Bearer ${ADMIN_TOKEN}` }

/** Sends bytes as they are and reads one whole answer. */
function raw(bytes: string): Promise<string> {
  const { hostname, port } = new URL(app.url)
  const socket = connect(Number(port), hostname)
  socket.write(bytes, 'latin1')
  let answer = ''
  return new Promise((resolve, reject) => {
    socket.on('error', reject)
    socket.on('close', () => resolve(answer))
    socket.on('data', (bytes) => {
      answer += bytes.toString('latin1')
      const [, length] = /\r\ncontent-length: (\d+)\r\n/i.exec(answer) ?? []
      const body = answer.split('\r\n\r\n')[1]
      if (length !== undefined && body !== undefined && body.length >= Number(length)) socket.destroy()
    })
  })
}

describe('a heartbeat by REST', () => {
  test.each([
    ['malformed JSON', '{"agent_version": ', 200],
    ['no JSON', 'hello', 200],
    ['a raw NUL byte', '\u0000', 200],
    ['a wrong type', '{"agent_version": 7}', 400],
    ['too long a word', JSON.stringify({ agent_version: 'x'.repeat(65) }), 400],
    ['NUL in a word', JSON.stringify({ agent_version: 'a\u0000b' }), 400],
    ['half a surrogate pair', '{"agent_version": "\\udfff"}', 400],
    ['a poisoned prototype', '{"__proto__": {"agent_version": 7}, "constructor": {"prototype": {}}}', 200],
    ['20,000 brackets', '['.repeat(20_000) + ']'.repeat(20_000), 200],
    ['more than 64 KB', JSON.stringify({ padding: 'x'.repeat(65_536) }), 413],
  ])('%s', async (_, body, status) => {
    const answer = await beat(body)
    expect(answer.status).toBe(status)
    const said = (await answer.json()) as Record<string, unknown>
    if (status === 400)
      expect(said).toEqual({ error: expect.any(String), code: 'BAD_USER_INPUT', field: 'agent_version' })
    if (status === 413) expect(said).toMatchObject({ code: 'TOO_LARGE' })
    await unharmed()
  })

  test('bad ones among good ones cost the good ones nothing', async () => {
    const bodies = Array.from({ length: 60 }, (_, n) =>
      n % 3 === 0 ? { agent_version: '\u0000' } : { agent_version: '1' },
    )
    const answers = await Promise.all(bodies.map(beat))
    expect(answers.map(({ status }) => status)).toEqual(bodies.map((_, n) => (n % 3 === 0 ? 400 : 200)))
    await unharmed()
  })

  test('one that announces a body without end is cut off', async () => {
    const headers = `Authorization: Bearer ${server.token}\r\nContent-Length: 99999999999`
    expect(await raw(`POST /api/heartbeat/${server.id}/ HTTP/1.1\r\nHost: hub\r\n${headers}\r\n\r\n{`)).toMatch(
      /^HTTP\/1\.1 413 .*"code":"TOO_LARGE"/s,
    )
    await unharmed()
  })
})

describe('HTTP itself', () => {
  test.each([
    ['no HTTP', 'hello\r\n\r\n', 400],
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
    ['64 KB of headers', `GET / HTTP/1.1\r\nHost: hub\r\nX: ${'x'.repeat(65_536)}\r\n\r\n`, 431],
    ['NUL in a header', 'GET / HTTP/1.1\r\nHost: hub\r\nX: a\x00b\r\n\r\n', 400],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: hub\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', 400],
    [
      'length and chunks',
      'POST / HTTP/1.1\r\nHost: hub\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['a path out of the page', 'GET /../../../etc/passwd.txt HTTP/1.1\r\nHost: hub\r\n\r\n', 404],
    ['the same in disguise', 'GET /assets/..%2f..%2f..%2fpackage.json HTTP/1.1\r\nHost: hub\r\n\r\n', 404],
    ['NUL in the path', 'GET /a%00b.js HTTP/1.1\r\nHost: hub\r\n\r\n', 404],
    ['an escape that is none', 'GET /api/%zz HTTP/1.1\r\nHost: hub\r\n\r\n', 400],
    ['an unknown method', 'BREW /api/heartbeat/1 HTTP/1.1\r\nHost: hub\r\n\r\n', 400],
    ['a method that is not served', 'TRACE /api/session HTTP/1.1\r\nHost: hub\r\n\r\n', 404],
    ['no host', `POST /graphql HTTP/1.1\r\nAuthorization: Bearer ${ADMIN_TOKEN}\r\n\r\n`, 400],
    [
      'a host that is none',
      `POST /graphql HTTP/1.1\r\nHost: a b\r\nAuthorization: Bearer ${ADMIN_TOKEN}\r\nContent-Length: 0\r\n\r\n`,
      400,
    ],
    [
      'a protocol that is none',
      `POST /graphql HTTP/1.1\r\nHost: hub\r\nX-Forwarded-Proto: a b\r\nAuthorization: Bearer ${ADMIN_TOKEN}\r\nContent-Length: 0\r\n\r\n`,
      400,
    ],
  ])('%s', async (_, bytes, status) => {
    const answer = await raw(bytes)
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(answer).not.toMatch(/node_modules|\bat .*\.ts/)
    await unharmed()
  })

  test('a client that offers HTTP/2 goes on in HTTP/1.1', async () => {
    const headers = `Authorization: Bearer ${server.token}\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\nContent-Length: 2`
    const answer = await raw(`POST /api/heartbeat/${server.id}/ HTTP/1.1\r\nHost: hub\r\n${headers}\r\n\r\n{}`)
    expect(answer).toMatch(/^HTTP\/1\.1 200 .*"heartbeat_received":true/s)
  })

  test('a connection is kept for longer than two beats', async () => {
    const answer = await beat()
    expect(answer.headers.get('connection')).toBe('keep-alive')
    expect(Number(/timeout=(\d+)/.exec(answer.headers.get('keep-alive') ?? '')?.[1])).toBeGreaterThanOrEqual(75)
  })
})

describe('GraphQL over HTTP', () => {
  const graphql = (body: unknown, headers: Record<string, string> = admin) => app.post('/graphql', body, headers)

  test.each([
    ['malformed JSON', '{"query": ', 400, 'BAD_REQUEST'],
    ['an empty body', '', 400, 'BAD_REQUEST'],
    ['a poisoned prototype', '{"query":"{__typename}","__proto__":{"a":1}}', 400, 'BAD_REQUEST'],
    ['null', 'null', 400, 'BAD_REQUEST'],
    ['a number for a query', '{"query": 7}', 400, 'BAD_REQUEST'],
    ['a batch', '[{"query":"{__typename}"},{"query":"{__typename}"}]', 400, 'BAD_REQUEST'],
    ['a million characters', JSON.stringify({ query: `{ __typename ${'#'.repeat(1_000_000)}}` }), 413, 'TOO_LARGE'],
  ])('%s', async (_, body, status, code) => {
    const answer = await graphql(body)
    expect(answer.status).toBe(status)
    const { errors } = (await answer.json()) as { errors: { extensions: { code: string } }[] }
    expect(errors[0]?.extensions.code).toBe(code)
    await unharmed()
  })

  test.each([
    ['no credential', {}],
    ['a wrong one', { authorization: 'Bearer nope' }],
    ['a header without token', { authorization: 'Bearer' }],
    ['a scheme that we do not know', { authorization: 'Negotiate abc' }],
  ])('%s is refused before the body is read', async (_, headers) => {
    const answer = await graphql(JSON.stringify({ query: 'x'.repeat(1_000_000) }), headers as Record<string, string>)
    expect(answer.status).toBe(401)
    expect(await answer.json()).toEqual({
      errors: [{ message: expect.any(String), extensions: { code: 'UNAUTHENTICATED' } }],
    })
    await unharmed()
  })

  test('a form of a stranger’s page is refused', async () => {
    const answer = await graphql('query={__typename}', {
      ...admin,
      'content-type': 'application/x-www-form-urlencoded',
    })
    expect(answer.status).toBe(415)
    await unharmed()
  })

  test('a link cannot call anything', async () => {
    const answer = await fetch(`${app.url}/graphql?query={__typename}`, { headers: admin })
    expect(answer.status).toBe(400)
    await unharmed()
  })
})

describe('the WebSocket', () => {
  function open(path: string, headers: Record<string, string> = {}): Promise<number> {
    const socket = new WebSocket(app.url.replace('http', 'ws') + path, 'graphql-transport-ws', { headers })
    return new Promise((resolve) => {
      socket.on('open', () => {
        socket.terminate()
        resolve(101)
      })
      socket.on('unexpected-response', (_request, answer) => {
        answer.resume()
        resolve(answer.statusCode as number)
      })
      socket.on('error', () => undefined)
    })
  }

  test.each([
    ['a program', '/graphql', {}, 101],
    ['our page', '/graphql', { origin: 'own' }, 101],
    ['with a slash at the end', '/graphql/', {}, 101],
    ['a stranger’s page', '/graphql', { origin: 'http://evil.example' }, 403],
    ['a stranger’s page with our name in its own', '/graphql', { origin: 'http://127.0.0.1.evil.example' }, 403],
    ['a sandboxed frame', '/graphql', { origin: 'null' }, 403],
    ['another address', '/api/heartbeat/1', {}, 405],
    ['no address at all', '/api/socket', {}, 404],
  ])('%s', async (_, path, headers: Record<string, string>, status) => {
    const origin = headers.origin === 'own' ? { origin: app.url } : headers
    expect(await open(path, origin)).toBe(status)
    await unharmed()
  })

  test('a handshake that is none is refused', async () => {
    const answer = await raw('GET /graphql HTTP/1.1\r\nHost: hub\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    await unharmed()
  })

  test.each([
    ['no credential', undefined],
    ['a wrong one', { authorization: 'Bearer nope' }],
    ['a number', { authorization: 7 }],
    ['no header', { authorization: 'nope' }],
  ])('%s ends the conversation with 4401', async (_, payload) => {
    const socket = new WebSocket(`${app.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
    socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init', payload })))
    const code = await new Promise((resolve) => socket.on('close', resolve))
    expect(code).toBe(4401)
    await unharmed()
  })

  test('the page’s cookie opens it', async () => {
    const signedIn = await app.post('/api/session', { code: app.code })
    const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] as string
    const socket = new WebSocket(`${app.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
      headers: { cookie },
    })
    socket.on('open', () => socket.send('{"type":"connection_init"}'))
    const [message] = await new Promise<[Buffer]>((resolve) => socket.on('message', (...all) => resolve(all as never)))
    socket.terminate()
    expect(JSON.parse(message.toString())).toEqual({ type: 'connection_ack' })
  })

  test('a message beyond 256 KB ends it', async () => {
    const socket = new WebSocket(`${app.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
    socket.on('open', () => socket.send('x'.repeat(300_000)))
    socket.on('error', () => undefined)
    expect(await new Promise((resolve) => socket.on('close', resolve))).toBe(1009)
    await unharmed()
  })
})

afterEach(async () => {
  const answer = await new Promise<number | undefined>((resolve, reject) => {
    request(`${app.url}/healthz`, (response) => resolve(response.resume().statusCode))
      .on('error', reject)
      .end()
  })
  expect(answer).toBe(200)
})
