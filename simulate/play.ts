import { setTimeout as sleep } from 'node:timers/promises'
import { ownNow } from './clock.ts'
import type { Crowd } from './crowd.ts'
import type { SimulatedServer } from './fleet.ts'
import type { Options } from './options.ts'
import type { Sender } from './sender.ts'
import type { Chronicle } from './story.ts'

/** What a play can do with. */
export interface Cast {
  readonly servers: readonly SimulatedServer[]
  readonly sender: Sender
  readonly crowd: Crowd
  readonly chronicle: Chronicle
  /** The play is to end. */
  readonly signal: AbortSignal
  readonly log: (line: string) => void
}

/** What happens to the fleet while the hub is watched. Whatever was silenced at its end stays silent. */
export type Play = (cast: Cast) => Promise<void>

/** By the options: all live; some fall silent and perhaps come back, some come and go, all speak at once. */
export function playOf(options: Options): Play {
  return async (cast) => {
    const { log, signal } = cast
    const startedAt = ownNow()
    const until = async (ms: number) => {
      const leftMs = Math.min(ms, options.durationMs) - (ownNow() - startedAt)
      await sleep(Math.max(0, leftMs), undefined, { signal }).catch(() => undefined)
    }
    log(`Running for ${Math.ceil(options.durationMs / 1_000)} s ...`)
    await Promise.all([silence(cast, options, until), flap(cast, options, until), stampede(cast, options, until)])
    await until(Infinity)
  }
}

type Until = (ms: number) => Promise<void>

async function silence({ servers, sender, signal, log }: Cast, options: Options, until: Until): Promise<void> {
  if (options.silence === 0) return
  await until(options.silenceAfterMs)
  if (signal.aborted) return
  log(`${options.silence} servers fall silent.`)
  const silenced = spread(servers, options.silence)
  sender.silence(silenced)
  if (options.resumeAfterMs === null) return
  await until(options.silenceAfterMs + options.resumeAfterMs)
  if (signal.aborted) return
  log(`${options.silence} servers speak again.`)
  sender.speak(silenced)
}

/** Silent for one and a half times the limit, back for one interval and a half, and so on. */
async function flap({ servers, sender, signal }: Cast, options: Options, until: Until): Promise<void> {
  if (options.flap === 0) return
  const flapping = spread(servers.toReversed(), options.flap)
  const silentMs = 1.5 * options.offlineAfterSeconds * 1_000
  const periodMs = silentMs + 1.5 * options.intervalMs
  // The last of them comes back in time to be judged.
  const lastMs = options.durationMs - periodMs - options.graceMs
  for (let at = options.silenceAfterMs; at < lastMs; at += periodMs) {
    await until(at)
    if (signal.aborted) return
    sender.silence(flapping)
    await until(at + silentMs)
    sender.speak(flapping)
  }
}

async function stampede({ sender, signal, log }: Cast, options: Options, until: Until): Promise<void> {
  if (options.stampedeAfterMs === null) return
  await until(options.stampedeAfterMs)
  if (signal.aborted) return
  log('All servers speak at once.')
  sender.sendAll()
}

/** So many of the servers, evenly over the fleet and therefore over the interval. */
export function spread<T>(all: readonly T[], count: number): T[] {
  return Array.from({ length: count }, (_, index) => all[Math.floor((index * all.length) / count)] as T)
}
