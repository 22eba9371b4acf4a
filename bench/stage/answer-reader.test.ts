import { expect, test } from 'vitest'
import { AnswerReader } from './answer-reader.ts'

function answer(body: string, status = '200 OK') {
  return Buffer.from(`HTTP/1.1 ${status}\r\nContent-Type: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
}

function scene() {
  const state = { answers: 0 }
  return { state, reader: new AnswerReader('good', () => state.answers++) }
}

test('whole answers are counted, however they are cut and joined', () => {
  const { state, reader } = scene()
  const bytes = Buffer.concat([answer('good one'), answer('a good two'), answer('good')])
  for (let at = 0; at < bytes.length; at += 7) expect(reader.read(bytes.subarray(at, at + 7))).toBeUndefined()
  expect(state.answers).toBe(3)
  reader.read(bytes)
  expect(state.answers).toBe(6)
})

test('another status, and a body without the text, are bad answers', () => {
  expect(scene().reader.read(answer('good', '503 Service Unavailable'))).toMatch(/^A bad answer: HTTP\/1.1 503/)
  expect(scene().reader.read(answer('bad'))).toMatch(/bad$/)
})

test('an answer that comes in pieces ends with the empty one', () => {
  const { state, reader } = scene()
  reader.read(Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ngood\r\n'))
  expect(state.answers).toBe(0)
  reader.read(Buffer.from('0\r\n\r\n'))
  expect(state.answers).toBe(1)
})
