import { describe, expect, test } from 'vitest'
import { ACCEPTED, VirtualHost } from '../test/virtual-host.ts'
import { Agent } from './agent.ts'
import type { Config } from './config.ts'
import { readIdentity } from './heartbeat.ts'
import {
  leastSpacingMs,
  retryTimes,
  type Schedule,
  slotStart,
  startSchedule,
  timeoutMs,
  timeoutWithin,
} from './schedule.ts'

const AGENTS = 1_000
const INTERVAL_MS = 30_000
const DAY_MS = 86_400_000
const OFFLINE_AFTER_MS = 60_000
const FASTEST_MS = 5
const SLOWEST_MS = 80

const CONFIG: Config = {
  serverId: 1,
  hubs: [{ secure: false, host: 'a', port: 4000, basePath: '', token: undefined }],
  intervalMs: INTERVAL_MS,
  metricsIntervalMs: 0,
  protocol: 'graphql',
  bufferPath: undefined,
}

/** The network, worst case: a lost request is noticed only by its time-out. Undefined: lost. */
type Network = () => number | undefined

/** Reproducible chance (mulberry32). */
function chance(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

function network(loss: number, dice: () => number): Network {
  return () => (dice() < loss ? undefined : FASTEST_MS + dice() * (SLOWEST_MS - FASTEST_MS))
}

/** The instants within a day at which one agent's heartbeats arrive, by the arithmetic of the schedule alone. */
function arrivals(schedule: Schedule, net: Network, dice: () => number): number[] {
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

function longestGap(instants: readonly number[]): number {
  return instants.reduce((longest, at, index) => Math.max(longest, at - (instants[index - 1] ?? at)), 0)
}

describe.each([0.005, 0.05])('a day of 1,000 agents that lose requests (%d)', (loss) => {
  test('has no silence that would call a healthy server OFFLINE', { timeout: 60_000 }, () => {
    const dice = chance(20_261_124)
    let longest = 0
    for (let agent = 0; agent < AGENTS; agent++) {
      const arrived = arrivals(startSchedule(0, INTERVAL_MS, dice()), network(loss, dice), dice)
      longest = Math.max(longest, longestGap(arrived))
    }
    expect(longest).toBeGreaterThan(INTERVAL_MS)
    expect(longest).toBeLessThan(OFFLINE_AFTER_MS)
  })
})

test('the arithmetic of that day is what the agent does', { timeout: 60_000 }, async () => {
  for (let seed = 1; seed <= 4; seed++) {
    const host = new VirtualHost()
    const start = { dice: chance(seed)() }
    const [dice, losses] = [chance(seed + 100), network(0.3, chance(seed + 200))]
    const arrived: number[] = []
    host.hub = (_, now) => {
      const latency = losses()
      if (latency === undefined) return { result: ACCEPTED, afterMs: DAY_MS }
      arrived.push(now + latency)
      return { result: ACCEPTED, afterMs: latency }
    }
    host.dice = () => start.dice
    const agent = new Agent(host, CONFIG, readIdentity(host), () => CONFIG)
    host.dice = dice
    void agent.run()
    await host.runUntil(DAY_MS - 1)

    const schedule = startSchedule(0, INTERVAL_MS, start.dice)
    const modelled = arrivals(schedule, network(0.3, chance(seed + 200)), chance(seed + 100))
    expect(arrived.map(Math.round)).toEqual(modelled.filter((at) => at < DAY_MS).map(Math.round))
  }
})
