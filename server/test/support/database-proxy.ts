import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import type { TestDatabase } from './test-database.ts'
import { urlOf } from './test-database.ts'

/** A way to the database that can be cut, or fall silent without a word as a network does; closed with the test. */
export interface DatabaseProxy {
  /** The database by way of the proxy. */
  readonly database: TestDatabase
  /** Breaks every connection and refuses new ones. */
  cut(): void
  /** Whatever is sent on the connections disappears, and nobody is told; new ones are held up until `heal`. */
  mute(): void
  /** New connections work again, and those that were held up go on. */
  heal(): void
  /** How many new connections are held up. */
  readonly held: number
}

export async function proxyTo(database: TestDatabase): Promise<DatabaseProxy> {
  const url = new URL(urlOf(database))
  const target = addressIn(url)
  const pairs = new Set<readonly [Socket, Socket]>()
  const held = new Set<readonly [Socket, Socket]>()
  let mode: 'open' | 'cut' | 'mute' = 'open'
  const proxy = createServer((near) => {
    if (mode === 'cut') return near.destroy()
    const far = connect(target)
    const pair = [near, far] as const
    pairs.add(pair)
    if (mode === 'mute') held.add(pair)
    const close = () => {
      pairs.delete(pair)
      held.delete(pair)
      for (const socket of pair) socket.destroy()
    }
    for (const socket of pair) socket.on('error', close).on('close', close)
    if (mode === 'open') near.pipe(far).pipe(near)
    return undefined
  })
  await once(proxy.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => {
    proxy.close()
    for (const pair of pairs) for (const socket of pair) socket.destroy()
  })

  url.host = `127.0.0.1:${(proxy.address() as AddressInfo).port}`
  url.searchParams.delete('host')
  return {
    database: { ...database, connection: { connectionString: url.href } },
    cut: () => {
      mode = 'cut'
      for (const pair of pairs) for (const socket of pair) socket.destroy()
    },
    mute: () => {
      mode = 'mute'
      for (const [near, far] of pairs) {
        near.unpipe(far).resume()
        far.unpipe(near).resume()
      }
    },
    heal: () => {
      mode = 'open'
      for (const [near, far] of held) near.pipe(far).pipe(near)
      held.clear()
    },
    get held() {
      return held.size
    },
  }
}

/** Where PostgreSQL listens: a host, or the folder of its socket. */
function addressIn(url: URL): { host: string; port: number } | { path: string } {
  const host = url.searchParams.get('host') ?? url.hostname
  const port = Number(url.port || 5432)
  return host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port }
}
