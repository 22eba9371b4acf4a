import {
  leastSpacingMs,
  retryTimes,
  type Schedule,
  slotStart,
  startSchedule,
  timeoutMs,
  timeoutWithin,
} from '../src/schedule.ts'

const AGENTS = 1_000
export const INTERVAL_MS = 30_000
export const DAY_MS = 86_400_000
const OFFLINE_AFTER_MS = 60_000
const FASTEST_MS = 5
const SLOWEST_MS = 80

/** The network, worst case: a lost request is noticed only by its time-out. Undefined: lost. */
export type Network = () => number | undefined

/** Reproducible chance (mulberry32). */
export function chance(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

export function network(loss: number, dice: () => number): Network {
  return () => (dice() < loss ? undefined : FASTEST_MS + dice() * (SLOWEST_MS - FASTEST_MS))
}

/** The instants within a day at which one agent's heartbeats arrive, by the arithmetic of the schedule alone. */
export function arrivals(schedule: Schedule, net: Network, dice: () => number): number[] {
  const arrived: number[] = []
  for (let slot = 0, now = 0; slotStart(schedule, slot) < DAY_MS; slot++) {
    now = Math.max(now, slotStart(schedule, slot))
    const end = slotStart(schedule, slot + 1)
    if (now >= end) continue

    const times = [now, ...retryTimes(now, INTERVAL_MS, dice)]
    for (let index = 0, notBefore = now; index < times.length; index++) {
      now = Math.max(now, notBefore, times[index] as number)
      const timeout = index === 0 ? timeoutMs(INTERVAL_MS) : timeoutWithin(INTERVAL_MS, now, end)
      if (timeout === undefined) break
      const latency = net()
      if (latency !== undefined) {
        now += latency
        arrived.push(now)
        break
      }
      notBefore = now + leastSpacingMs(INTERVAL_MS)
      now += timeout
    }
  }
  return arrived
}

export interface Day {
  /** Silences of more than a minute, each of which would call a healthy server OFFLINE. */
  readonly falseOfflines: number
  readonly longestSilenceMs: number
}

/** A day of 1,000 agents that lose this share of their requests. The same seed gives the same day. */
export function lossyDay(loss: number, seed: number): Day {
  const dice = chance(seed)
  let falseOfflines = 0
  let longestSilenceMs = 0
  for (let agent = 0; agent < AGENTS; agent++) {
    const arrived = arrivals(startSchedule(0, INTERVAL_MS, dice()), network(loss, dice), dice)
    for (const [index, at] of arrived.entries()) {
      const silenceMs = at - (arrived[index - 1] ?? at)
      if (silenceMs > OFFLINE_AFTER_MS) falseOfflines++
      longestSilenceMs = Math.max(longestSilenceMs, silenceMs)
    }
  }
  return { falseOfflines, longestSilenceMs }
}
