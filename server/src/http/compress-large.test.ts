import { gunzipSync } from 'node:zlib'
import Fastify from 'fastify'
import { expect, test } from 'vitest'
import { compressLarge } from './compress-large.ts'

const LONG = JSON.stringify({ data: 'x'.repeat(100_000) })

async function answer(payload: string, accepts: string | undefined) {
  const app = Fastify()
  app.addHook('onSend', compressLarge)
  app.get('/', async (_request, reply) => reply.type('application/json').send(payload))
  const { headers, rawPayload } = await app.inject({
    url: '/',
    headers: accepts === undefined ? {} : { 'accept-encoding': accepts },
  })
  return { headers, rawPayload }
}

test('a long answer is compressed for who takes it', async () => {
  const { headers, rawPayload } = await answer(LONG, 'gzip, deflate, br')
  expect(headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' })
  expect(headers['content-length']).toBe(String(rawPayload.length))
  expect(rawPayload.length).toBeLessThan(LONG.length / 10)
  expect(gunzipSync(rawPayload).toString()).toBe(LONG)
})

test.each([undefined, 'identity', 'gzip;q=0, br', 'br, gzip ; q=0.0'])(
  'accepting %s it travels as it is',
  async (accepts) => {
    const { headers, rawPayload } = await answer(LONG, accepts)
    expect(headers['content-encoding']).toBeUndefined()
    expect(rawPayload.toString()).toBe(LONG)
  },
)

test('a short answer travels as it is: its length tells nothing of a secret in it', async () => {
  const { headers } = await answer('{"data":{"agentToken":"secret"}}', 'gzip')
  expect(headers['content-encoding']).toBeUndefined()
})
