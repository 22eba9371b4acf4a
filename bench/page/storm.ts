import { createClient } from 'graphql-ws'
import { WebSocket } from 'ws'
import { type BenchHub, beat, FLAP_LIMIT_SECONDS, FLAPPING } from './hub.ts'

const TICK_MS = 100

/**
 * Makes status changes at a steady rate: a server beats once, falls silent, is OFFLINE after its limit of 2 s, and is
 * brought back by its next beat, two changes a round. The rate is kept by how many beat in each tenth of a second.
 */
export function startStorm(hub: BenchHub, changesPerSecond: number): { stop(): Promise<number> } {
  const flapping = hub.ids.slice(0, FLAPPING)
  /** So many servers take part that each has time to fall silent before its turn comes again. */
  const each = Math.max(1, Math.round((changesPerSecond / 2 / 1_000) * TICK_MS))
  const used = Math.min(flapping.length, Math.ceil((each * (FLAP_LIMIT_SECONDS + 2) * 1_000) / TICK_MS))
  let next = 0
  const timer = setInterval(() => {
    const turn = Array.from({ length: each }, (_, i) => flapping[(next + i) % used] ?? '')
    next = (next + each) % used
    void beat(hub.ask, turn).catch(() => undefined)
  }, TICK_MS)
  const heard = countChanges(hub)
  const startedAt = performance.now()

  return {
    async stop() {
      clearInterval(timer)
      return heard.stop() / ((performance.now() - startedAt) / 1_000)
    },
  }
}

/** What the hub tells of, as any subscriber hears it. */
function countChanges(hub: BenchHub): { stop(): number } {
  const client = createClient({
    url: `${hub.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${hub.token}` },
  })
  let changes = 0
  client.subscribe(
    { query: 'subscription { serverStatusChanged { cursor } }' },
    { next: () => changes++, error: () => {}, complete: () => {} },
  )
  return {
    stop() {
      void client.dispose()
      return changes
    },
  }
}
