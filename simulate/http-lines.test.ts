import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { HttpLines } from './http-lines.ts'

const WAIT_MS = 10_000

async function scene(listener: RequestListener, { most = 2, waitMs = WAIT_MS, folder = '' } = {}) {
  const server = createServer(listener)
  let connections = 0
  server.on('connection', () => {
    connections += 1
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const lines = new HttpLines(url + folder, { most, waitMs })
  onTestFinished(() => {
    lines.close()
    server.closeAllConnections()
    server.close()
  })
  return { server, lines, connections: () => connections }
}

/** Keeps what comes until it is told to answer. */
function held() {
  const requests: ServerResponse[] = []
  let arrived = () => {}
  return {
    requests,
    listener: (_: IncomingMessage, response: ServerResponse) => {
      requests.push(response)
      arrived()
    },
    until: async (count: number) => {
      while (requests.length < count) {
        await new Promise<void>((resolve) => {
          arrived = resolve
        })
      }
    },
  }
}

test('a request arrives as it was meant, and its answer comes back', async () => {
  const seen: string[] = []
  const { lines } = await scene(
    async (request, response) => {
      const { authorization, 'content-type': type } = request.headers
      let body = ''
      for await (const chunk of request) body += chunk
      seen.push(`${request.method} ${request.url} ${authorization} ${type} ${body}`)
      response.writeHead(201).end('{"ok":true}')
    },
    { folder: '/hub/' },
  )
  expect(await lines.postJson('/api/x/', 'secret', '{"a":1}')).toMatchObject({ status: 201, body: '{"ok":true}' })
  expect(seen).toEqual(['POST /hub/api/x/ Bearer secret application/json {"a":1}'])
})

test('never more connections than allowed: the others wait, and connections are used again', async () => {
  const { requests, listener, until } = held()
  const { lines, connections } = await scene(listener)
  const answers = [1, 2, 3, 4, 5].map((number) => lines.postJson(`/${number}`, '', ''))
  for (let answered = 0; answered < 5; answered++) {
    await until(Math.min(5, answered + 2))
    expect(requests.length).toBeLessThanOrEqual(answered + 2)
    requests[answered]?.end(String(answered))
    await answers[answered]
  }
  expect((await Promise.all(answers)).map(({ body }) => body)).toEqual(['0', '1', '2', '3', '4'])
  expect(connections()).toBe(2)
})

test('a connection that the other end closes is replaced, with its last answer or while nobody uses it', async () => {
  const { lines, connections, server } = await scene((_, response) =>
    response.setHeader('connection', 'close').end('x'),
  )
  for (let i = 0; i < 3; i++) expect((await lines.postJson('/', '', '')).body).toBe('x')
  expect(connections()).toBe(3)
  server.closeAllConnections()
  expect((await lines.postJson('/', '', '')).body).toBe('x')
})

test('one that breaks off, or is not answered in time, fails alone and with its code', async () => {
  const { lines } = await scene(
    (request, response) => {
      if (request.url === '/breaks') request.socket.destroy()
      if (request.url === '/well') response.end('well')
    },
    { most: 3, waitMs: 3_000 },
  )
  const answers = ['/breaks', '/silent', '/well', '/well'].map((path) => lines.postJson(path, '', ''))
  expect(await Promise.allSettled(answers)).toMatchObject([
    { reason: { code: 'ECONNRESET' } },
    { reason: { code: 'ETIMEDOUT' } },
    { value: { body: 'well' } },
    { value: { body: 'well' } },
  ])
})

test('where nobody listens it says so', async () => {
  const { server, lines } = await scene(() => {})
  server.close()
  await once(server, 'close')
  await expect(lines.postJson('/', '', '')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
})
