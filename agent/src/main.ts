import { Agent } from './agent.ts'
import { parseArguments, USAGE } from './arguments.ts'
import { type Config, readConfig } from './config.ts'
import { sayGoodbye } from './goodbye.ts'
import { readIdentity } from './heartbeat.ts'
import type { Host } from './host.ts'
import { showHub } from './hub-url.ts'
import { Meter } from './measure.ts'
import { MetricsBuffer } from './metrics-buffer.ts'
import { MetricsLoop } from './metrics-loop.ts'
import { beatOnce } from './once.ts'
import { describeDuration } from './sentences.ts'
import { VERSION } from './version.ts'

export const EXIT = { ok: 0, notDelivered: 1, badConfiguration: 2, defect: 70 } as const

/** The whole program. Answers the exit code. */
export async function main(host: Host): Promise<number> {
  const command = parseArguments(host.arguments)
  if (command.kind === 'help') {
    host.print(USAGE)
    return EXIT.ok
  }
  if (command.kind === 'version') {
    host.print(VERSION)
    return EXIT.ok
  }
  if (command.kind === 'bad') {
    host.log(`stacksense-agent: ${command.problem}; --help lists what there is.`)
    return EXIT.badConfiguration
  }

  const read = readConfig(host, command.configPath)
  if (read.kind === 'bad') {
    host.log(`stacksense-agent: ${read.problem}`)
    return EXIT.badConfiguration
  }
  for (const notice of read.notices) host.log(notice)
  if (!command.once) return runUntilStopped(host, read.config, command.configPath)

  const delivered = await beatOnce(host, read.config, readIdentity(host))
  return delivered ? EXIT.ok : EXIT.notDelivered
}

async function runUntilStopped(host: Host, config: Config, configPath: string | undefined): Promise<number> {
  const hubs = config.hubs.map(showHub).join(', ')
  const every = describeDuration(config.intervalMs)
  host.log(`stacksense-agent ${VERSION}: server ${config.serverId}, a heartbeat every ${every} to ${hubs}.`)

  const identity = readIdentity(host)
  const agent = new Agent(host, config, identity, () => {
    const read = readConfig(host, configPath)
    return read.kind === 'config' ? read.config : undefined
  })
  const metrics = startMetrics(host, config, identity.bootId, agent)
  // Not waited for: a beat under way would hold up the end by its time-out.
  const stopped = new Promise<string>((resolve) => host.onStop(resolve))
  const signal = await Promise.race([agent.run(), stopped])
  metrics?.stop()
  // Whoever is not heard need not wait to say goodbye.
  await agent.stop(agent.destination === undefined ? 0 : LAST_ATTEMPT_MS)
  if (agent.destination !== undefined) await sayGoodbye(host, agent.destination)
  host.log(`Stopped by ${signal}.`)
  return EXIT.ok
}

/** How long an attempt under way is waited for: a heartbeat that came after the goodbye would make it void. */
const LAST_ATTEMPT_MS = 1_000

/** They run beside the heartbeats; nobody waits for them. */
function startMetrics(host: Host, config: Config, bootId: string | undefined, agent: Agent): MetricsLoop | undefined {
  const { metricsIntervalMs, bufferPath } = config
  if (metricsIntervalMs === 0) return undefined
  if (host.platform !== 'linux') {
    host.log('Metrics are measured on Linux only: this agent sends heartbeats alone.')
    return undefined
  }
  const buffer = new MetricsBuffer(host, bootId, bufferPath)
  const meter = new Meter(host, config.topProcesses)
  const metrics = new MetricsLoop(host, meter, metricsIntervalMs, () => agent.destination, buffer)
  void metrics.run()
  return metrics
}
