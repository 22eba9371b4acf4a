import { type Client, createClient } from 'graphql-ws'
import type { Dial, Line } from './connection.ts'

/** With the pong's time-out this bounds how long a dead line can look alive: 4.5 s. */
const PING_EVERY_MS = 2_000

export interface HubSocket extends Line {
  readonly client: Client
}

/**
 * One socket by the graphql-ws protocol. It is never reopened here: a new line would silently resume its subscriptions
 * from where they began, while each of them knows better where to go on.
 */
export function dialHub(url: string): Dial<HubSocket> {
  return (events) => {
    const client = createClient({
      url,
      lazy: false,
      retryAttempts: 0,
      keepAlive: PING_EVERY_MS,
      onNonLazyError: () => events.closed(),
      on: {
        connected: () => events.connected(),
        message: () => events.heard(),
        ping: (received) => received || events.pinged(),
        closed: () => events.closed(),
      },
    })
    return {
      client,
      close: () => {
        Promise.resolve(client.dispose()).catch(() => {})
        // A frozen hub answers no closing handshake.
        client.terminate()
      },
    }
  }
}

export function hubSocketUrl(location: Pick<Location, 'protocol' | 'host'>): string {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/graphql`
}
