import type { Config } from './config.ts'
import { type Failure, isRefusal, mostTelling } from './delivery-log.ts'
import { type AgentIdentity, heartbeatCall } from './heartbeat.ts'
import type { Host } from './host.ts'
import { callHub } from './hub-call.ts'
import { showHub } from './hub-url.ts'
import { retryTimes, timeoutMs } from './schedule.ts'
import { describeFailure } from './sentences.ts'
import { sleepUntil } from './sleep.ts'

/** For cron, whose user may be waiting: three attempts within about ten seconds, not a whole slot's. */
const RETRIES = 2

/** A longer interval would stretch the retries and time-outs with it, and somebody waits. */
const LONGEST_INTERVAL_MS = 30_000

/** Sends one heartbeat and says what became of it. True when it was delivered. */
export async function beatOnce(host: Host, config: Config, identity: AgentIdentity): Promise<boolean> {
  const startedAtMs = host.monotonicMs()
  const intervalMs = Math.min(config.intervalMs, LONGEST_INTERVAL_MS)
  const retryAtMs = retryTimes(startedAtMs, intervalMs, () => host.random()).slice(0, RETRIES)
  let failures: readonly Failure[] = []
  let retries = 0
  for (const atMs of [startedAtMs, ...retryAtMs]) {
    await sleepUntil(host, atMs)
    failures = await tryHubs(host, config, { bootId: identity.bootId, agentStartedAt: undefined }, retries++)
    if (failures.length < config.hubs.length) return true
    if (failures.every((failure) => isRefusal(failure.outcome))) break
  }

  const { hub, outcome } = mostTelling(failures) as Failure
  host.log(`The heartbeat was not delivered: ${describeFailure(hub, outcome, config.serverId)}.`)
  return false
}

/** Each hub in turn until one takes the heartbeat. Returns those that did not: all of them, or it was delivered. */
async function tryHubs(
  host: Host,
  config: Config,
  identity: AgentIdentity,
  retries: number,
): Promise<readonly Failure[]> {
  const failures: Failure[] = []
  for (const hub of config.hubs) {
    const attempt = { retries: retries + failures.length, sentAtMs: host.wallClockMs() }
    const call = heartbeatCall(config.serverId, identity, attempt, config.protocol)
    const outcome = await callHub(host, hub, call, timeoutMs(config.intervalMs))
    if (outcome.kind === 'accepted') {
      host.print(`The heartbeat of server ${config.serverId} was delivered to ${showHub(hub)}.`)
      return failures
    }
    failures.push({ hub, outcome })
  }
  return failures
}
