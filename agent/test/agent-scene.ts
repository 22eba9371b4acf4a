import { Agent } from '../src/agent.ts'
import type { Config } from '../src/config.ts'
import { readIdentity } from '../src/heartbeat.ts'
import type { PostResult } from '../src/host.ts'
import { parseHubUrl } from '../src/hub-url.ts'
import { ACCEPTED, VirtualHost } from './virtual-host.ts'

export const SECOND = 1_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE

export function hub(address: string) {
  const parsed = parseHubUrl(address)
  if (parsed.kind === 'bad') throw new Error(parsed.problem)
  return { ...parsed.hub, token: parsed.hub.token ?? 'ssa_secret' }
}

export const CONFIG: Config = {
  serverId: 12,
  hubs: [hub('http://a:4000')],
  intervalMs: 30_000,
  metricsIntervalMs: 0,
  topProcesses: 0,
  protocol: 'graphql',
  bufferPath: undefined,
}

/** A running agent whose slots begin at 0, 30 s, 60 s … on a host without jitter. */
export function start(config: Config = CONFIG, reread: () => Config | undefined = () => config) {
  const host = new VirtualHost()
  host.dice = () => 0
  const agent = new Agent(host, config, readIdentity(host), reread)
  host.dice = () => 0.5
  void agent.run()
  return { host, agent }
}

/** A hub that does this until then, and then takes what comes. */
export function until(endMs: number, result: PostResult, afterMs = 20) {
  return (_: unknown, nowMs: number) => (nowMs < endMs ? { result, afterMs } : { result: ACCEPTED, afterMs: 20 })
}

/** To a tenth. */
export const secondsOf = (instants: readonly number[]) => instants.map((at) => Math.round(at / 100) / 10)
