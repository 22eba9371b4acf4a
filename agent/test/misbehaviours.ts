import type { RequestListener } from 'node:http'

/** An answer with this status. */
export const status =
  (code: number, headers: Record<string, string> = {}, body = ''): RequestListener =>
  (_, response) =>
    response.writeHead(code, headers).end(body)

const graphqlError = (code: string) =>
  status(200, {}, JSON.stringify({ data: null, errors: [{ message: 'No.', extensions: { code } }] }))

/** Endless, as fast as it is read. */
export const flood: RequestListener = (_, response) => {
  const chunk = Buffer.alloc(65_536, 'x')
  let left = 50_000_000
  const pump = () => {
    while (left > 0 && !response.destroyed) {
      left -= chunk.length
      if (!response.write(chunk)) return response.once('drain', pump)
    }
    return response.end()
  }
  pump()
}

/** One byte after the other, never the last. */
const drip: RequestListener = (_, response) => {
  response.writeHead(200, { 'content-length': '1000' })
  const timer = setInterval(() => response.write('x'), 50)
  response.on('close', () => clearInterval(timer))
}

const cut =
  (beginning: string): RequestListener =>
  (request) =>
    request.socket.end(beginning)

/** What a hub does, what the agent says of it, and how often it asks with --once: a refusal is not asked again. */
export const MISBEHAVIOURS: readonly (readonly [string, RequestListener, RegExp, number])[] = [
  ['401', status(401), /does not accept the token/, 1],
  ['an unknown token', graphqlError('UNAUTHENTICATED'), /does not accept the token/, 1],
  ['403', status(403), /does not let this token report for server 12/, 1],
  ['404 of something else', status(404), /answers with status 404, but not as a hub does/, 1],
  ['an unknown server', graphqlError('SERVER_NOT_FOUND'), /knows no server 12/, 1],
  ['429', status(429), /asks for fewer requests/, 3],
  ['500', status(500), /has trouble of its own \(status 500\)/, 3],
  [
    'a redirect',
    status(307, { location: 'http://elsewhere' }),
    /redirects to http:\/\/elsewhere, which is not followed/,
    1,
  ],
  ['no answer', () => {}, /does not answer in time \(2000 ms\)/, 3],
  ['an answer that drips', drip, /does not answer in time \(2000 ms\)/, 3],
  ['an answer of 50 MB', flood, /answers with status 200, but not as a hub does/, 1],
  [
    'endless headers',
    cut(`HTTP/1.1 200 OK\r\nx: ${'x'.repeat(100_000)}\r\n\r\n`),
    /does not speak HTTP \(HPE_HEADER_OVERFLOW\)/,
    3,
  ],
  ['a connection that is cut', cut(''), /cut the connection/, 3],
  [
    'an answer that is cut',
    cut('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"data":'),
    /cut the connection|does not speak HTTP/,
    3,
  ],
  ['another protocol', cut('SSH-2.0-OpenSSH_9.2\r\n'), /does not speak HTTP/, 3],
]
