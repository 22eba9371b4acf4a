import type { Protocol } from './config.ts'
import { isRefusal } from './delivery-log.ts'
import type { Host } from './host.ts'
import { type Call, type CallOutcome, callHub, isObject } from './hub-call.ts'
import type { Hub } from './hub-url.ts'
import { Meter } from './measure.ts'
import type { MetricSample } from './metrics.ts'
import { RECORD_METRICS } from './operations.ts'
import { type Schedule, slotAt, slotStart, startSchedule, timeoutMs } from './schedule.ts'
import { describeFailure } from './sentences.ts'
import { sleepUntil } from './sleep.ts'

/** Where metrics go: where heartbeats are delivered at the moment. */
export interface Destination {
  readonly hub: Hub
  readonly serverId: number
  readonly protocol: Protocol
}

/** When the first sample is taken, for whoever waits to see one. */
const FIRST_SAMPLE_MS = 5_000

/** When a hub that refuses metrics is asked again: it may learn of them by an upgrade. */
const RARELY_MS = 900_000

/** How many failures in a row are worth a line. A lost sample is not. */
const NEWSWORTHY = 3

/**
 * Measures the machine and sends what it finds, apart from the heartbeats and without ever being in their way: nothing is
 * tried twice, nothing is sent while heartbeats are not delivered, and what is not taken is forgotten.
 */
export class MetricsLoop {
  readonly #host: Host
  readonly #schedule: Schedule
  readonly #destination: () => Destination | undefined
  readonly #meter: Meter
  #notBeforeMs = Number.NEGATIVE_INFINITY
  #failures = 0
  #said = false
  #stopped = false

  /** @param destination undefined while heartbeats are not delivered. */
  constructor(host: Host, intervalMs: number, destination: () => Destination | undefined) {
    this.#host = host
    this.#schedule = startSchedule(host.monotonicMs(), intervalMs, host.random())
    this.#destination = destination
    this.#meter = new Meter(host)
  }

  async run(): Promise<void> {
    const { originMs, intervalMs } = this.#schedule
    const startedAtMs = this.#host.monotonicMs()
    await sleepUntil(this.#host, startedAtMs + Math.min(FIRST_SAMPLE_MS, intervalMs))
    while (!this.#stopped) {
      await this.#sampleWithoutFail()
      // A sample that would follow at once has its rates from too short a time.
      const slot = slotAt({ originMs, intervalMs }, this.#host.monotonicMs() + intervalMs / 4)
      await sleepUntil(this.#host, slotStart(this.#schedule, slot + 1))
    }
  }

  stop(): void {
    this.#stopped = true
  }

  async #sampleWithoutFail(): Promise<void> {
    try {
      const sample = await this.#meter.sample()
      await this.#send(sample)
    } catch (error) {
      this.#host.log(`A defect in the agent: ${String(error)}. Please report it.`)
    }
  }

  async #send(sample: MetricSample): Promise<void> {
    const destination = this.#destination()
    if (destination === undefined || this.#host.monotonicMs() < this.#notBeforeMs) return

    const call = metricsCall(destination, sample)
    const outcome = await callHub(this.#host, destination.hub, call, timeoutMs(this.#schedule.intervalMs))
    if (outcome.kind === 'accepted') this.#taken()
    else this.#notTaken(destination, outcome)
  }

  #taken(): void {
    if (this.#said) this.#host.log('Metrics are taken again.')
    this.#said = false
    this.#failures = 0
  }

  #notTaken(destination: Destination, outcome: CallOutcome): void {
    this.#failures++
    const refused = isRefusal(outcome)
    const patienceMs = refused ? RARELY_MS : 'retryAfterMs' in outcome ? outcome.retryAfterMs : 0
    this.#notBeforeMs = this.#host.monotonicMs() + patienceMs
    if (this.#said || (!refused && this.#failures < NEWSWORTHY)) return

    const why = describeFailure(destination.hub, outcome, destination.serverId)
    this.#host.log(`No metrics are delivered; heartbeats are: ${why}.${refused ? ' Trying again now and then.' : ''}`)
    this.#said = true
  }
}

function metricsCall({ serverId, protocol }: Destination, sample: MetricSample): Call {
  if (protocol === 'rest') {
    return {
      path: `/api/metrics/${serverId}/`,
      body: sample,
      accepted: (answer) => isObject(answer) && answer.status === 'ok',
    }
  }
  return {
    path: '/graphql',
    body: {
      operationName: 'RecordMetrics',
      query: RECORD_METRICS,
      variables: { serverId: String(serverId), input: sample },
    },
    accepted: (answer) => isObject(answer) && isObject(answer.data) && isObject(answer.data.recordMetrics),
  }
}
