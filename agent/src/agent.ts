import type { Config } from './config.ts'
import { DeliveryLog, type Failure, isRefusal } from './delivery-log.ts'
import { type AgentIdentity, heartbeatCall } from './heartbeat.ts'
import type { Host } from './host.ts'
import { type CallOutcome, callHub } from './hub-call.ts'
import { HubList } from './hub-list.ts'
import type { Hub } from './hub-url.ts'
import type { Destination } from './metrics-loop.ts'
import {
  leastSpacingMs,
  retryTimes,
  type Schedule,
  slotAt,
  slotStart,
  slotsUntilNextTry,
  startSchedule,
  timeoutMs,
  timeoutWithin,
} from './schedule.ts'
import { describeDuration } from './sentences.ts'
import { sleepUntil } from './sleep.ts'

/** How a slot, or one attempt of it, ended. `none`: nothing could be tried. */
type Ending = 'delivered' | 'refused' | 'failed' | 'none'

/**
 * Sends a heartbeat in each slot of the schedule and never gives up.
 *
 * An attempt asks the hubs in turn until one takes the heartbeat. A failed attempt is repeated inside its slot. An agent
 * that every hub refuses tries more and more rarely, and at once when its configuration has changed.
 */
export class Agent {
  readonly #host: Host
  readonly #identity: AgentIdentity
  readonly #reread: () => Config | undefined
  readonly #schedule: Schedule
  readonly #intervalMs: number
  readonly #log: DeliveryLog
  #config: Config
  #hubs: HubList
  #deliveringTo: Hub | undefined
  #hasDelivered = false
  #refusedSlots = 0
  #nextSlot = Number.NEGATIVE_INFINITY
  #stopped = false
  #attempting: Promise<unknown> = Promise.resolve()

  /** @param reread the configuration as it is now; undefined when it cannot be used. */
  constructor(host: Host, config: Config, identity: AgentIdentity, reread: () => Config | undefined) {
    const now = host.monotonicMs()
    this.#host = host
    this.#identity = identity
    this.#reread = reread
    this.#schedule = startSchedule(now, config.intervalMs, host.random())
    this.#intervalMs = config.intervalMs
    this.#log = new DeliveryLog((line) => host.log(line), now)
    this.#config = config
    this.#hubs = new HubList(config.hubs)
  }

  /** Where the last heartbeat was delivered; undefined while they are not. */
  get destination(): Destination | undefined {
    if (this.#deliveringTo === undefined) return undefined
    const { serverId, protocol } = this.#config
    return { hub: this.#deliveringTo, serverId, protocol }
  }

  async run(): Promise<void> {
    while (!this.#stopped) {
      const slot = slotAt(this.#schedule, this.#now())
      if (this.#refusedSlots > 0) this.#takeOverChanges()
      if (slot >= this.#nextSlot) await this.#beatWithoutFail(slot)
      await this.#rest(slotStart(this.#schedule, slot + 1))
    }
  }

  /** Sends nothing more. Resolves when the attempt under way has ended, or after this time: what is sent then comes after it. */
  async stop(withinMs = 0): Promise<void> {
    this.#stopped = true
    if (withinMs > 0) await Promise.race([this.#attempting, this.#host.sleep(withinMs)])
  }

  /** A defect of ours costs one heartbeat, not all that would have followed. */
  async #beatWithoutFail(slot: number): Promise<void> {
    try {
      await this.#beat(slot)
    } catch (error) {
      this.#host.log(`A defect in the agent: ${String(error)}. Please report it.`)
    }
  }

  async #beat(slot: number): Promise<void> {
    const ending = await this.#tryThroughout(slotStart(this.#schedule, slot + 1))
    if (ending === 'refused') {
      this.#refusedSlots++
      this.#nextSlot = slot + slotsUntilNextTry(this.#refusedSlots, this.#intervalMs)
    }
    if (ending === 'delivered' || ending === 'failed') this.#expectNothing()
  }

  /** Attempts until one is delivered, the slot ends, or it is clear that more of them would be refused too. */
  async #tryThroughout(slotEndMs: number): Promise<Ending> {
    let last: Ending = 'none'
    let notBeforeMs = this.#now()
    let retries = 0
    for (const atMs of [notBeforeMs, ...retryTimes(notBeforeMs, this.#intervalMs, () => this.#host.random())]) {
      await sleepUntil(this.#host, Math.min(slotEndMs, Math.max(atMs, notBeforeMs, this.#hubs.callableFromMs())))
      if (this.#stopped) return last
      const timeout = last === 'none' ? this.#firstTimeout(slotEndMs) : this.#timeoutWithin(slotEndMs)
      if (timeout === undefined) return last

      notBeforeMs = this.#now() + leastSpacingMs(this.#intervalMs)
      const attempting = this.#attempt(slotEndMs, timeout, retries++)
      this.#attempting = attempting
      last = await attempting
      if (last === 'delivered') return last
      if (last === 'refused' && !this.#mayPass()) return last
    }
    return last
  }

  /** Every hub in turn. */
  async #attempt(slotEndMs: number, firstTimeout: number, retries: number): Promise<Ending> {
    const { serverId, protocol } = this.#config
    const failures: Failure[] = []
    for (const hub of this.#hubs.callable(this.#now())) {
      const timeout = failures.length === 0 ? firstTimeout : this.#timeoutWithin(slotEndMs)
      if (timeout === undefined) break

      const attempt = { retries: retries + failures.length, sentAtMs: this.#host.wallClockMs() }
      const call = heartbeatCall(serverId, this.#identity, attempt, protocol)
      const outcome = await callHub(this.#host, hub, call, timeout)
      if (outcome.kind === 'accepted') {
        this.#hubs.succeeded(hub)
        this.#deliveringTo = hub
        this.#hasDelivered = true
        this.#log.delivered(hub, failures, serverId, this.#now())
        return 'delivered'
      }
      this.#hubs.failed(hub, this.#now() + retryAfterOf(outcome))
      failures.push({ hub, outcome })
    }
    this.#deliveringTo = undefined
    this.#log.failed(failures, serverId)
    return endingOf(failures)
  }

  /** A refusal out of the blue may come from a proxy or a hub that is being restarted: not yet a reason to slow down. */
  #mayPass(): boolean {
    return this.#hasDelivered && this.#refusedSlots === 0
  }

  #expectNothing(): void {
    this.#refusedSlots = 0
    this.#nextSlot = Number.NEGATIVE_INFINITY
  }

  /** Whoever mends the configuration of a refused agent need not know that it wants a restart. */
  #takeOverChanges(): void {
    const config = this.#reread()
    if (config === undefined || JSON.stringify(config) === JSON.stringify(this.#config)) return

    this.#host.log('The configuration has changed.')
    this.#config = config
    this.#hubs = new HubList(config.hubs)
    this.#hasDelivered = false
    this.#expectNothing()
  }

  /** A slot's first attempt has its whole time, even where little is left of the slot: at the start, and after a pause. */
  #firstTimeout(slotEndMs: number): number | undefined {
    return this.#now() < slotEndMs ? timeoutMs(this.#intervalMs) : undefined
  }

  #timeoutWithin(slotEndMs: number): number | undefined {
    return timeoutWithin(this.#intervalMs, this.#now(), slotEndMs)
  }

  async #rest(untilMs: number): Promise<void> {
    await sleepUntil(this.#host, untilMs)
    const lateMs = this.#now() - untilMs
    if (lateMs > this.#intervalMs) this.#host.log(`This process was stopped for ${describeDuration(lateMs)}.`)
  }

  #now(): number {
    return this.#host.monotonicMs()
  }
}

function retryAfterOf(outcome: CallOutcome): number {
  return 'retryAfterMs' in outcome ? outcome.retryAfterMs : 0
}

/** While one hub may come back, there is no reason to be patient. */
function endingOf(failures: readonly Failure[]): Ending {
  if (failures.length === 0) return 'none'
  return failures.every((failure) => isRefusal(failure.outcome)) ? 'refused' : 'failed'
}
