import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { HubApi } from './hub-api.ts'

async function listen(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** An address at which nothing listens any more. */
async function nobody(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return `http://127.0.0.1:${port}`
}

function hub(body: string, status = 200, headers = {}): Promise<string> {
  return listen((_, response) => response.writeHead(status, headers).end(body))
}

function api(...urls: [string, ...string[]]): HubApi {
  return new HubApi({ urls, token: 'secret' })
}

const REFUSED = '{"errors":[{"message":"Another server has this name.","extensions":{"code":"CONFLICT"}}]}'
const STRANGER = '{"errors":[{"message":"no","extensions":{"code":"UNAUTHENTICATED"}}]}'
const AWAY = '{"errors":[{"message":"The database is away.","extensions":{"code":"UNAVAILABLE"}}]}'

test.each([
  ['a refusal', REFUSED, 200, /^The hub refused: Another server has this name\.$/],
  ['an unknown token', STRANGER, 401, /does not accept the token: check STACKSENSE_TOKEN\.$/],
  ['a hub without its database', AWAY, 503, /is not able to work: The database is away\.\n/],
  ['another program', '<html>', 404, /answers with status 404, but not as a hub does: check STACKSENSE_API_URL\.\n/],
  ['an answer that is no object', 'null', 200, /not as a hub does/],
])('%s is said in words', async (_, body, status, words) => {
  await expect(api(await hub(body, status)).ask('{ x }')).rejects.toThrow(words)
})

test('a hub that is not there, or does not answer, is said in words', async () => {
  const gone = await nobody()
  await expect(api(gone).ask('{ x }')).rejects.toThrow(`No hub can be reached at ${gone}: connect ECONNREFUSED`)
  const silent = await listen(() => undefined)
  const impatient = new HubApi({ urls: [silent], token: 'secret' }, 200)
  await expect(impatient.ask('{ x }')).rejects.toThrow(`The hub at ${silent} does not answer within 0.2 s.`)
})

test('a redirection is not followed: the token is for one address', async () => {
  let asked = 0
  const elsewhere = await listen((_, response) => {
    asked++
    response.end('{"data":{}}')
  })
  const redirecting = await hub('', 307, { location: `${elsewhere}/graphql` })
  await expect(api(redirecting).ask('{ x }')).rejects.toThrow(`redirects to ${elsewhere}/graphql`)
  expect(asked).toBe(0)
})

test('the next hub is asked where one cannot be, and where none can each is named', async () => {
  const [gone, well] = [await nobody(), await hub('{"data":{"x":1}}')]
  expect(await api(gone, await hub(AWAY, 503), well).ask('{ x }')).toEqual({ x: 1 })
  expect(await api(gone, well).ask('mutation { x }')).toEqual({ x: 1 })
  const other = await nobody()
  await expect(api(gone, other).ask('{ x }')).rejects.toThrow(new RegExp(`${gone}: .*\\n.*${other}: `))
})

test('a mutation that may have arrived is not sent to another hub', async () => {
  let asked = 0
  const other = await listen((_, response) => {
    asked++
    response.end('{"data":{"x":1}}')
  })
  await expect(api(await listen((request) => request.socket.destroy()), other).ask('mutation { x }')).rejects.toThrow()
  expect(asked).toBe(0)
})
