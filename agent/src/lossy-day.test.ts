import { describe, expect, test } from 'vitest'
import { arrivals, chance, DAY_MS, INTERVAL_MS, lossyDay, network } from '../test/lossy-day.ts'
import { ACCEPTED, VirtualHost } from '../test/virtual-host.ts'
import { Agent } from './agent.ts'
import type { Config } from './config.ts'
import { readIdentity } from './heartbeat.ts'
import { startSchedule } from './schedule.ts'

const CONFIG: Config = {
  serverId: 1,
  hubs: [{ secure: false, host: 'a', port: 4000, basePath: '', token: undefined }],
  intervalMs: INTERVAL_MS,
  metricsIntervalMs: 0,
  topProcesses: 0,
  protocol: 'graphql',
  bufferPath: undefined,
}

describe.each([0.005, 0.01, 0.05])('a day of 1,000 agents that lose requests (%d)', (loss) => {
  test('has no silence that would call a healthy server OFFLINE', { timeout: 60_000 }, () => {
    const { falseOfflines, longestSilenceMs } = lossyDay(loss, 20_261_124)
    expect(longestSilenceMs).toBeGreaterThan(INTERVAL_MS)
    expect(falseOfflines).toBe(0)
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
