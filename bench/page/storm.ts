import { keepAlive, reportAll } from '../stage/relay.ts'
import { type BenchHub, FLAP_LIMIT_SECONDS } from './hub.ts'

const TICK_MS = 100
const BEAT_SECONDS = 30

export interface Storm {
  /** How many status changes a second the hub stored while this was done. */
  during<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly perSecond: number }>
  /** @throws what went wrong meanwhile */
  stop(): Promise<void>
}

/**
 * Makes status changes at a steady rate: a server beats once, falls silent, is OFFLINE after its limit of 2 s, and is
 * brought back by its next beat, two changes a round. The rate is kept by how many beat in each tenth of a second. The
 * rest of the fleet beats meanwhile as it always does.
 */
export function startStorm({ hub, database, steady, flapping }: BenchHub, changesPerSecond: number): Storm {
  const each = Math.max(1, Math.round((changesPerSecond / 2 / 1_000) * TICK_MS))
  /** So many servers take part that each has time to fall silent before its turn comes again. */
  const used = Math.min(flapping.length, Math.ceil((each * (FLAP_LIMIT_SECONDS + 2) * 1_000) / TICK_MS))
  const living = keepAlive(hub, steady, BEAT_SECONDS)
  let next = 0
  let failure: unknown
  const timer = setInterval(() => {
    const turn = Array.from({ length: each }, (_, i) => flapping[(next + i) % used]).filter((one) => one !== undefined)
    next = (next + each) % used
    reportAll(hub, turn).catch((error: unknown) => {
      failure ??= error
    })
  }, TICK_MS)
  const stored = async () => {
    const { rows } = await database.client.query<{ events: number }>('select count(*)::int as events from status_event')
    return { events: rows[0]?.events ?? 0, at: performance.now() }
  }

  return {
    during: async (work) => {
      const before = await stored()
      const result = await work()
      const after = await stored()
      return { result, perSecond: ((after.events - before.events) * 1_000) / (after.at - before.at) }
    },
    stop: async () => {
      clearInterval(timer)
      await living.stop()
      if (failure) throw failure
    },
  }
}
