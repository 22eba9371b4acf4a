import { createClient } from 'graphql-ws'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { threeHubs } from './support/arena.ts'
import { judge } from './support/judged.ts'

const { arena } = threeHubs()

test('a subscriber that reads nothing', async () => {
  await judge('a subscriber that reads nothing', {
    arena,
    strike: async ({ die, storm }) => {
      const deaf = await Promise.all(arena.hubs.map((hub) => subscribeAndReadNothing(hub.url)))
      die()
      await storm()
      await storm()
      for (const socket of deaf) socket.terminate()
    },
  })
})

/** Asks for everything a hundred times over, and then reads no more. */
async function subscribeAndReadNothing(url: string): Promise<WebSocket> {
  const sockets: WebSocket[] = []
  class Kept extends WebSocket {
    constructor(...given: ConstructorParameters<typeof WebSocket>) {
      super(...given)
      sockets.push(this)
    }
  }
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: Kept,
    lazy: false,
    retryAttempts: 0,
    onNonLazyError: () => undefined,
    connectionParams: { authorization: `Bearer ${arena.address.token}` },
  })
  await new Promise((resolve) => client.on('connected', resolve))
  const query = 'subscription { serverStatusChanged { cursor at server { id name description tags } from to reason } }'
  const ignore = () => undefined
  for (let index = 0; index < 90; index++)
    client.subscribe({ query }, { next: ignore, error: ignore, complete: ignore })
  await expect.poll(() => sockets.length).toBe(1)
  const [socket] = sockets as [WebSocket]
  socket.pause()
  return socket
}
