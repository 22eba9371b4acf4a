import type { Protocol } from './config.ts'
import { isRefusal } from './delivery-log.ts'
import type { Host } from './host.ts'
import { type Call, type CallOutcome, callHub, isObject } from './hub-call.ts'
import type { Hub } from './hub-url.ts'
import type { Meter } from './measure.ts'
import type { MetricSample } from './metrics.ts'
import type { AgedSample, MetricsBuffer } from './metrics-buffer.ts'
import { RECORD_METRIC_SAMPLES, RECORD_METRICS } from './operations.ts'
import { type Schedule, slotAt, slotStart, startSchedule, timeoutMs } from './schedule.ts'
import { describeFailure } from './sentences.ts'
import { sleepUntil } from './sleep.ts'

/** Where metrics go: where heartbeats are delivered at the moment. */
export interface Destination {
  readonly hub: Hub
  readonly serverId: number
  readonly protocol: Protocol
}

/** A sample and the monotonic instant at which it was taken. */
interface Measured {
  readonly sample: MetricSample
  readonly atMs: number
}

/** When the first sample is taken, for whoever waits to see one. */
const FIRST_SAMPLE_MS = 5_000

/** When a hub that refuses metrics is asked again: it may learn of them by an upgrade. */
const RARELY_MS = 900_000

/** How many failures in a row are worth a line. A lost sample is not. */
const NEWSWORTHY = 3

/** How many samples that waited go along with a new one: a hub that has just come back is busy. */
const AT_A_TIME = 60

/**
 * Measures the machine and sends what it finds, apart from the heartbeats and without ever being in their way: one request a
 * sample, and none while heartbeats are not delivered. What trouble on the way holds up waits in the buffer and goes along
 * with later samples; what a hub refuses is forgotten.
 */
export class MetricsLoop {
  readonly #host: Host
  readonly #schedule: Schedule
  readonly #destination: () => Destination | undefined
  readonly #buffer: MetricsBuffer
  readonly #meter: Meter
  #notBeforeMs = Number.NEGATIVE_INFINITY
  #isRefused = false
  #failures = 0
  #said = false
  #stopped = false

  /**
   * @param destination undefined while heartbeats are not delivered.
   * @param buffer for samples that meanwhile cannot be delivered.
   */
  constructor(
    host: Host,
    meter: Meter,
    intervalMs: number,
    destination: () => Destination | undefined,
    buffer: MetricsBuffer,
  ) {
    this.#host = host
    this.#meter = meter
    this.#schedule = startSchedule(host.monotonicMs(), intervalMs, host.random())
    this.#destination = destination
    this.#buffer = buffer
  }

  async run(): Promise<void> {
    const { originMs, intervalMs } = this.#schedule
    const startedAtMs = this.#host.monotonicMs()
    await this.#withoutFail(() => this.#meter.begin())
    await sleepUntil(this.#host, startedAtMs + Math.min(FIRST_SAMPLE_MS, intervalMs))
    while (!this.#stopped) {
      await this.#withoutFail(() => this.#sample())
      // A sample that would follow at once has its rates from too short a time.
      const slot = slotAt({ originMs, intervalMs }, this.#host.monotonicMs() + intervalMs / 4)
      await sleepUntil(this.#host, slotStart(this.#schedule, slot + 1))
    }
  }

  stop(): void {
    this.#stopped = true
  }

  async #sample(): Promise<void> {
    const sample = await this.#meter.sample()
    await this.#send({ sample, atMs: this.#host.monotonicMs() })
  }

  async #withoutFail(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      this.#host.log(`A defect in the agent: ${String(error)}. Please report it.`)
    }
  }

  async #send(measured: Measured): Promise<void> {
    const destination = this.#destination()
    if (destination === undefined || this.#host.monotonicMs() < this.#notBeforeMs) {
      if (!this.#isRefused) this.#buffer.add(measured.sample, measured.atMs)
      return
    }

    const waiting = this.#buffer.oldest(AT_A_TIME)
    const call = metricsCall(destination, waiting, measured.sample)
    const outcome = await callHub(this.#host, destination.hub, call, timeoutMs(this.#schedule.intervalMs))
    if (outcome.kind === 'accepted') this.#taken(waiting.length)
    else this.#notTaken(destination, outcome, measured)
  }

  #taken(waited: number): void {
    this.#buffer.dropOldest(waited)
    this.#isRefused = false
    if (this.#said) this.#host.log('Metrics are taken again.')
    this.#said = false
    this.#failures = 0
  }

  #notTaken(destination: Destination, outcome: CallOutcome, measured: Measured): void {
    const refused = isRefusal(outcome)
    // A hub that does not know several samples may know one.
    if (refused && this.#buffer.size > 0) {
      this.#buffer.dropOldest(this.#buffer.size)
      return
    }

    this.#failures++
    this.#isRefused = refused
    if (!refused) this.#buffer.add(measured.sample, measured.atMs)
    const patienceMs = refused ? RARELY_MS : 'retryAfterMs' in outcome ? outcome.retryAfterMs : 0
    this.#notBeforeMs = this.#host.monotonicMs() + patienceMs
    if (this.#said || (!refused && this.#failures < NEWSWORTHY)) return

    const why = describeFailure(destination.hub, outcome, destination.serverId)
    this.#host.log(`No metrics are delivered; heartbeats are: ${why}.${refused ? ' Trying again now and then.' : ''}`)
    this.#said = true
  }
}

/** One sample as every hub knows it; several by the call for those that come late. */
function metricsCall({ serverId, protocol }: Destination, waiting: readonly AgedSample[], sample: MetricSample): Call {
  const input = waiting.length === 0 ? sample : [...waiting, sample]
  if (protocol === 'rest') {
    return {
      path: `/api/metrics/${serverId}/`,
      body: input,
      accepted: (answer) => isObject(answer) && answer.status === 'ok',
    }
  }
  const [operationName, query, field] =
    waiting.length === 0
      ? ['RecordMetrics', RECORD_METRICS, 'recordMetrics']
      : ['RecordMetricSamples', RECORD_METRIC_SAMPLES, 'recordMetricSamples']
  return {
    path: '/graphql',
    body: { operationName, query, variables: { serverId: String(serverId), input } },
    accepted: (answer) => isObject(answer) && isObject(answer.data) && isObject(answer.data[field]),
  }
}
