import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { Caller } from '../access/caller.ts'
import { type HotRequest, hotPath } from './hot-path.ts'

const AGENT: Caller = { kind: 'agent', serverId: 1 }

/** A server whose short way answers `/hot`, and whose usual way says so. Only the token "known" is remembered. */
async function scene({ answers = true } = {}) {
  const answer = vi.fn((_request: HotRequest) =>
    answers ? Promise.resolve({ status: 200, body: '"hot"' }) : undefined,
  )
  const handle = hotPath(
    {
      routes: [{ maxBody: (path) => (path === '/hot' ? 4_096 : undefined), answer }],
      authenticator: { remembered: (token) => (token === 'known' ? AGENT : undefined) },
      log: pino({ level: 'silent' }),
    },
    (_request, response) => void response.end('"usual"'),
  )
  const server = createServer(handle).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  onTestFinished(() => void server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const post = async (path: string, body = '{}', headers: Record<string, string> = { authorization: 'Bearer known' }) =>
    (await fetch(url + path, { method: 'POST', body, headers })).json()
  return { url, post, answer }
}

test('a remembered caller with a small body at the address is answered the short way', async () => {
  const { post, answer } = await scene()
  expect(await post('/hot', '{"a":1}')).toBe('hot')
  expect(answer).toHaveBeenCalledExactlyOnceWith(
    expect.objectContaining({ caller: AGENT, path: '/hot', body: Buffer.from('{"a":1}') }),
  )
})

test.each<[string, string, string, Record<string, string>]>([
  ['another address', '/other', '{}', { authorization: 'Bearer known' }],
  ['a token that is not remembered', '/hot', '{}', { authorization: 'Bearer new' }],
  ['a header that holds no token', '/hot', '{}', { authorization: 'Nonsense' }],
  ['no credential', '/hot', '{}', {}],
  ['a large body', '/hot', 'x'.repeat(4_097), { authorization: 'Bearer known' }],
])('%s takes the usual way', async (_what, path, body, headers) => {
  const { post, answer } = await scene()
  expect(await post(path, body, headers)).toBe('usual')
  expect(answer).not.toHaveBeenCalled()
})

test('what turns out to be out of the ordinary takes the usual way, too', async () => {
  const { post } = await scene({ answers: false })
  expect(await post('/hot')).toBe('usual')
})

test.each([
  ['whose answer fails', () => Promise.reject(new Error('secret'))],
  [
    'whose route throws',
    () => {
      throw new Error('secret')
    },
  ],
  ['whose answer cannot be sent', () => Promise.resolve({ status: 200, body: '', headers: { 'x-bad': '\n' } })],
])('a request %s ends with 500, and the next one is answered', async (_what, fails) => {
  const { post, url, answer } = await scene()
  answer.mockImplementationOnce(fails)
  const failed = await fetch(`${url}/hot`, { method: 'POST', body: '{}', headers: { authorization: 'Bearer known' } })
  expect(failed.status).toBe(500)
  expect(await failed.json()).toEqual({ error: 'Something went wrong on our side.', code: 'DEFECT' })
  expect(await post('/hot')).toBe('hot')
})

test('a body that breaks off is not taken for a whole one', async () => {
  const { url, answer } = await scene()
  const request = httpRequest(`${url}/hot`, {
    method: 'POST',
    headers: { authorization: 'Bearer known', 'content-length': 10 },
  })
  request.on('error', () => undefined)
  request.write('{')
  await new Promise((resolve) => setImmediate(resolve))
  request.destroy()
  await new Promise((resolve) => request.once('close', resolve))
  expect(await (await fetch(`${url}/other`)).json()).toBe('usual')
  expect(answer).not.toHaveBeenCalled()
})
