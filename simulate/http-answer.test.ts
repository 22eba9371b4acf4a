import { expect, test } from 'vitest'
import { readAnswer } from './http-answer.ts'

const HEAD = 'HTTP/1.1 200 OK\r\nServer: x\r\n'

test.each([
  ['with a length', `${HEAD}Content-Length: 4\r\n\r\n{"a"`, '{"a"', true],
  ['without a body', `${HEAD}content-length: 0\r\n\r\n`, '', true],
  ['in chunks', `${HEAD}Transfer-Encoding: chunked\r\n\r\n3\r\n{"a\r\n1\r\n"\r\n0\r\n\r\n`, '{"a"', true],
  ['the last of its connection', `${HEAD}Connection: close\r\nContent-Length: 2\r\n\r\nno`, 'no', false],
])('an answer %s is read when it is whole, and no further', (_, text, body, staysOpen) => {
  for (let length = 0; length < text.length; length++) expect(readAnswer(text.slice(0, length))).toBeUndefined()
  expect(readAnswer(`${text}HTTP/1.1 503`)).toEqual({ status: 200, body, length: text.length, staysOpen })
})

test.each([
  ['that is none', 'SSH-2.0-OpenSSH\r\n\r\n'],
  ['whose end cannot be told', `${HEAD}\r\n`],
  ['with a chunk of no size', `${HEAD}Transfer-Encoding: chunked\r\n\r\nxyz\r\n`],
])('an answer %s is a mistake', (_, text) => {
  expect(() => readAnswer(text)).toThrow()
})
