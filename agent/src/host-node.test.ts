import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { afterEach, describe, expect, test } from 'vitest'
import { MAX_ANSWER_BYTES, type PostRequest } from './host.ts'
import { nodeHost } from './host-node.ts'

const host = nodeHost()
const cleanUps: (() => void)[] = []

afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp()
})

async function listening(server: Server): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => sockets.add(socket))
  cleanUps.push(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

const http = (handle: RequestListener) => listening(createServer(handle))
const tcp = (handle: (socket: Socket) => void) => listening(createTcpServer(handle))

function post(port: number, changes: Partial<PostRequest> = {}) {
  const request = {
    secure: false,
    host: '127.0.0.1',
    port,
    path: '/graphql',
    headers: {},
    body: '{}',
    timeoutMs: 3_000,
  }
  return host.post({ ...request, ...changes })
}

/** The result and how long it took. */
async function timed(result: ReturnType<typeof post>) {
  const startedAt = performance.now()
  return { result: await result, tookMs: performance.now() - startedAt }
}

describe('a request', () => {
  test('arrives whole, and so does its answer', async () => {
    const port = await http((request, response) => {
      request.setEncoding('utf8').on('data', (body) => {
        const { method, url, headers } = request
        response.writeHead(201, { 'X-Seen': 'yes' }).end(JSON.stringify([method, url, headers['x-mine'], body]))
      })
    })
    const result = await post(port, { path: '/x', headers: { 'x-mine': 'e' }, body: '{"ü":1}' })
    expect(result).toMatchObject({ kind: 'answered', status: 201, headers: { 'x-seen': 'yes' } })
    expect(result.kind === 'answered' && JSON.parse(result.body)).toEqual(['POST', '/x', 'e', '{"ü":1}'])
  })

  test('uses the connection of the one before', async () => {
    const ports = new Set<number | undefined>()
    const port = await http((request, response) => {
      ports.add(request.socket.remotePort)
      response.end('{}')
    })
    for (let i = 0; i < 3; i++) await post(port)
    expect(ports.size).toBe(1)
  })

  test('is sent again on a new connection when the kept one had been closed', async () => {
    let requests = 0
    const port = await http((request, response) => {
      requests++
      if (requests === 2) request.socket.destroy()
      else response.end('{}')
    })
    await post(port)
    expect(await post(port)).toMatchObject({ kind: 'answered', status: 200 })
    expect(requests).toBe(3)
  })

  test('does not follow a redirect', async () => {
    const urls: (string | undefined)[] = []
    const port = await http((request, response) => {
      urls.push(request.url)
      response.writeHead(307, { location: '/elsewhere' }).end()
    })
    expect(await post(port)).toMatchObject({ kind: 'answered', status: 307, headers: { location: '/elsewhere' } })
    expect(urls).toEqual(['/graphql'])
  })

  test('does not mind interim answers', async () => {
    const port = await http((_, response) => {
      response.writeEarlyHints({ link: '</style.css>; rel=preload' })
      response.end('{}')
    })
    expect(await post(port)).toMatchObject({ kind: 'answered', status: 200 })
  })
})

describe('a hub that misbehaves', () => {
  test('by never answering is given up at the time-out', async () => {
    const port = await http(() => {})
    const { result, tookMs } = await timed(post(port, { timeoutMs: 300 }))
    expect(result).toMatchObject({ kind: 'failed', reason: 'timeout' })
    expect(tookMs).toBeGreaterThan(290)
    expect(tookMs).toBeLessThan(10_000)
  })

  test.each([
    ['answer', 'HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n'],
    ['header', 'HTTP/1.1 200 OK\r\nx-drip: '],
  ])('by letting its %s drip is given up at the time-out', async (_, beginning) => {
    const port = await tcp((socket) => {
      socket.on('error', () => {}).write(beginning)
      const drip = setInterval(() => socket.write('x'), 20)
      socket.on('close', () => clearInterval(drip))
    })
    const { result, tookMs } = await timed(post(port, { timeoutMs: 300 }))
    expect(result).toMatchObject({ kind: 'failed', reason: 'timeout' })
    expect(tookMs).toBeLessThan(10_000)
  })

  test('with an answer of 50 MB is read to its first 16 KB', async () => {
    let sent = 0
    const port = await http((_, response) => {
      const chunk = Buffer.alloc(65_536, 'x')
      const pump = () => {
        while (sent < 50_000_000 && !response.destroyed) {
          sent += chunk.length
          if (!response.write(chunk)) return response.once('drain', pump)
        }
        return response.end()
      }
      pump()
    })
    const result = await post(port)
    expect(result.kind === 'answered' && result.body.length).toBe(MAX_ANSWER_BYTES)
    expect(sent).toBeLessThan(50_000_000)
  })

  test('with endless headers is left', async () => {
    const port = await tcp((socket) => {
      socket.on('error', () => {})
      socket.write(`HTTP/1.1 200 OK\r\nx-long: ${'x'.repeat(100_000)}\r\n\r\n`)
    })
    expect(await post(port)).toEqual({ kind: 'failed', reason: 'protocol', detail: 'HPE_HEADER_OVERFLOW' })
  })

  test('by resetting the connection is not asked again behind our back', async () => {
    let connections = 0
    const port = await tcp((socket) => {
      connections++
      socket.resetAndDestroy()
    })
    expect(await post(port)).toEqual({ kind: 'failed', reason: 'reset', detail: 'ECONNRESET' })
    expect(connections).toBe(1)
  })

  test.each([
    ['before the answer', ''],
    ['in the headers', 'HTTP/1.1 200 OK\r\ncontent-le'],
    ['in the body', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"data":'],
    ['in a chunked body', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n8\r\n{"data":'],
  ])('by closing the connection %s has not answered', async (_, beginning) => {
    const port = await tcp((socket) => {
      socket.on('error', () => {}).once('data', () => socket.end(beginning))
    })
    expect(await post(port)).toMatchObject({ kind: 'failed', reason: expect.stringMatching(/reset|protocol/) })
  })

  test('by speaking another protocol is recognised', async () => {
    const port = await tcp((socket) => socket.on('error', () => {}).write('SSH-2.0-OpenSSH_9.2\r\n'))
    expect(await post(port)).toMatchObject({ kind: 'failed', reason: 'protocol' })
  })

  test('by switching protocols has not answered', async () => {
    const port = await tcp((socket) => {
      socket
        .on('error', () => {})
        .write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n')
    })
    expect(await post(port, { timeoutMs: 500 })).toMatchObject({ kind: 'failed' })
  })
})

describe('no hub', () => {
  test('at a port is refused', async () => {
    const server = createTcpServer()
    const port = await listening(server)
    await new Promise((resolve) => server.close(resolve))
    expect(await post(port)).toEqual({ kind: 'failed', reason: 'refused', detail: 'ECONNREFUSED' })
    expect(await post(port, { host: 'localhost' })).toEqual({
      kind: 'failed',
      reason: 'refused',
      detail: 'ECONNREFUSED',
    })
  })

  test('of that name is said to be so', { timeout: 20_000 }, async () => {
    const result = await post(80, { host: 'no-such-hub.invalid', timeoutMs: 15_000 })
    expect(result).toMatchObject({ kind: 'failed', reason: 'dns' })
  })
})

describe('over TLS', () => {
  test('a hub that speaks plain HTTP is recognised', async () => {
    const port = await http((_, response) => response.end('{}'))
    expect(await post(port, { secure: true })).toMatchObject({ kind: 'failed', reason: 'tls' })
  })

  test.runIf(hasOpenssl())('a certificate that nobody vouches for is not trusted', async () => {
    const port = await listening(createTlsServer(selfSigned(), (_, response) => response.end('{}')))
    const result = await post(port, { secure: true, host: 'localhost' })
    expect(result).toEqual({ kind: 'failed', reason: 'tls', detail: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
  })
})

describe('files', () => {
  test('are read, those of /proc too', () => {
    const file = host.readTextFile('/proc/self/stat')
    expect(file.kind === 'text' && file.text).toMatch(/^\d+ \(/)
  })

  test.each([
    ['/no/such/file', { kind: 'missing' }],
    ['/etc/passwd/x', { kind: 'missing' }],
    ['/', { kind: 'unreadable', reason: 'it is a directory' }],
  ])('%s: %j', (path, result) => {
    expect(host.readTextFile(path)).toEqual(result)
  })

  test('have a file system around them', async () => {
    const space = await host.fileSystemSpace('/')
    expect(space?.totalBytes).toBeGreaterThan(space?.freeBytes ?? Number.POSITIVE_INFINITY)
    expect(await host.fileSystemSpace('/no/such/place')).toBeUndefined()
  })

  test('are listed', () => {
    expect(host.listDirectory('/proc')).toContain(String(process.pid))
    expect(host.listDirectory('/no/such/place')).toEqual([])
  })
})

test('the monotonic clock goes with time and never back', async () => {
  const before = host.monotonicMs()
  await host.sleep(20)
  const after = host.monotonicMs()
  expect(after - before).toBeGreaterThan(18)
  expect(after - before).toBeLessThan(10_000)
})

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'])
    return true
  } catch {
    return false
  }
}

function selfSigned(): { key: Buffer; cert: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'stacksense-agent-'))
  cleanUps.push(() => rmSync(folder, { recursive: true }))
  const [key, cert, config] = ['key.pem', 'cert.pem', 'openssl.cnf'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  writeFileSync(config, '[req]\ndistinguished_name = dn\n[dn]\n')
  const options = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost']
  execFileSync('openssl', ['req', '-config', config, ...options, '-keyout', key, '-out', cert], { stdio: 'ignore' })
  return { key: readFileSync(key), cert: readFileSync(cert) }
}
