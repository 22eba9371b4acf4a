import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MAX_ANSWER_BYTES } from './host.ts'
import { HttpAnswer, type Progress } from './http-answer.ts'

const utf8 = (bytes: Uint8Array) => new TextDecoder().decode(bytes)
const bytesOf = (text: string) => new TextEncoder().encode(text)

/** What is made of an answer that comes in these pieces. */
function read(...pieces: readonly (string | Uint8Array)[]): Progress {
  const answer = new HttpAnswer(utf8)
  for (const piece of pieces) {
    const progress = answer.push(typeof piece === 'string' ? bytesOf(piece) : piece)
    if (progress.kind === 'whole') return progress
  }
  return { kind: 'more' }
}

const answered = (body: string, reusable: boolean, status = 200) => ({
  kind: 'whole',
  result: { kind: 'answered', status, body },
  reusable,
})
const bad = (detail: string) => ({ kind: 'whole', result: { kind: 'failed', reason: 'protocol', detail } })

test.each([
  [
    'a body of a length',
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhällo'.replace('5', '6'),
    answered('hällo', true),
  ],
  ['no body', 'HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n', answered('', true, 503)],
  ['no reason phrase', 'HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n', answered('', true)],
  ['a status that has none', 'HTTP/1.1 204 No Content\r\n\r\n', answered('', true, 204)],
  [
    'chunks',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nX-T: 1\r\n\r\n',
    answered('abcde', true),
  ],
  ['bare line feeds', 'HTTP/1.1 200 OK\ncontent-length: 2\n\n{}', answered('{}', true)],
  [
    'a connection that closes',
    'HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 2\r\n\r\n{}',
    answered('{}', false),
  ],
  ['an old protocol', 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}', answered('{}', false)],
  ['more than was asked for', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1', answered('{}', false)],
  [
    'hints before it',
    'HTTP/1.1 103 Early\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}',
    answered('{}', true),
  ],
])('an answer with %s', (_, text, expected) => {
  expect(read(text)).toMatchObject(expected)
})

test('headers are known in lower case, those that repeat as one', () => {
  const progress = read('HTTP/1.1 429 Slow\r\nRetry-After:  7 \r\nX-A: 1\r\nx-a: 2\r\ncontent-length: 0\r\n\r\n')
  expect(progress.kind === 'whole' && progress.result).toMatchObject({
    headers: { 'retry-after': '7', 'x-a': '1, 2' },
  })
})

test.each([
  ['SSH-2.0-OpenSSH_9.2\r\n', 'HPE_INVALID_CONSTANT'],
  ['HTTP/2 200\r\n\r\n', 'HPE_INVALID_CONSTANT'],
  ['HTTP/1.1 101 Switching\r\n\r\n', 'HPE_INVALID_UPGRADE'],
  ['HTTP/1.1 200 OK\r\nno colon\r\n\r\n', 'HPE_INVALID_HEADER_TOKEN'],
  ['HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n', 'HPE_INVALID_CONTENT_LENGTH'],
  ['HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n', 'HPE_INVALID_CONTENT_LENGTH'],
  ['HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n', 'HPE_UNEXPECTED_CONTENT_LENGTH'],
  ['HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n', 'HPE_INVALID_TRANSFER_ENCODING'],
  ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n', 'HPE_INVALID_CHUNK_SIZE'],
  ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nabc\r\n', 'HPE_STRICT'],
  [`HTTP/1.1 200 OK\r\nx-long: ${'x'.repeat(20_000)}`, 'HPE_HEADER_OVERFLOW'],
])('%j is no answer', (text, detail) => {
  expect(read(text)).toMatchObject(bad(detail))
})

test('a long body is read to its beginning, however it is framed', () => {
  const long = 'x'.repeat(MAX_ANSWER_BYTES + 1)
  const heads = ['content-length: 50000000', 'transfer-encoding: chunked', 'x: y']
  for (const head of heads) {
    const size = head.includes('chunked') ? `${(50_000_000).toString(16)}\r\n` : ''
    const progress = read(`HTTP/1.1 200 OK\r\n${head}\r\n\r\n${size}`, long)
    expect(progress).toMatchObject(answered(long.slice(1), false))
  }
})

test.each(['', 'HTTP/1.1 200 OK\r\ncontent-le', 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"'])(
  'a connection that ends after %j was cut',
  (text) => {
    const answer = new HttpAnswer(utf8)
    answer.push(bytesOf(text))
    expect(answer.end()).toMatchObject({ result: { kind: 'failed', reason: 'reset' } })
  },
)

test('a body without a length ends with the connection', () => {
  const answer = new HttpAnswer(utf8)
  expect(answer.push(bytesOf('HTTP/1.1 200 OK\r\n\r\n{}')).kind).toBe('more')
  expect(answer.end()).toMatchObject(answered('{}', false))
})

test('it does not matter where the pieces are cut', () => {
  const whole = bytesOf(
    'HTTP/1.1 200 OK\r\nA: b\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"ü"\r\n3\r\n:1}\r\n0\r\n\r\n',
  )
  const expected = read(whole)
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: whole.length })), (cuts) => {
      const at = [0, ...cuts.sort((a, b) => a - b), whole.length]
      const pieces = at.slice(1).map((end, index) => whole.subarray(at[index], end))
      expect(read(...pieces)).toEqual(expected)
    }),
  )
  expect(expected).toMatchObject(answered('{"ü":1}', true))
})

test('whatever comes, it neither throws nor waits with more than it may keep', () => {
  const fragment = fc.constantFrom(
    'HTTP/1.1 ',
    '200',
    '\r\n',
    '\n',
    ':',
    'content-length: 3',
    'transfer-encoding: chunked',
    '0',
    'ff',
    'x',
  )
  fc.assert(fc.property(fc.array(fragment), (pieces) => void read(...pieces)))
})
