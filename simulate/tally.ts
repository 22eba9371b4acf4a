import { createHistogram, type RecordableHistogram } from 'node:perf_hooks'
import { HubClock, type OwnInstant } from './clock.ts'
import type { SimulatedServer } from './fleet.ts'
import type { HeartbeatAnswer } from './heartbeat-post.ts'
import type { Percentiles } from './percentiles.ts'
import type { Chronicle } from './story.ts'

const MICROS_PER_MS = 1_000

/** Takes the answers to heartbeats: counts them, reads the hub's clock off them, and tells the chronicle. */
export class Tally {
  readonly #latencyMicros: RecordableHistogram = createHistogram()
  readonly clock = new HubClock()
  readonly counts = { acknowledged: 0, refused: 0, unsent: 0, unanswered: 0 }
  /** How often each reason was given for a heartbeat that was not acknowledged. */
  readonly reasons = new Map<string, number>()
  /** The first refusal of each server. */
  readonly refusals = new Map<SimulatedServer, string>()

  constructor(readonly chronicle: Chronicle) {}

  hear(server: SimulatedServer, sentAt: OwnInstant, answer: HeartbeatAnswer, answeredAt: OwnInstant): void {
    this.counts[answer.kind] += 1
    if (answer.kind === 'acknowledged') {
      const { ackedAt, recordedAt } = answer
      this.clock.hear(sentAt, recordedAt, ackedAt)
      this.chronicle.acknowledged(server.id, { sentAt, ackedAt, recordedAt })
      this.#latencyMicros.record(Math.max(1, Math.round((ackedAt - sentAt) * MICROS_PER_MS)))
      return
    }
    this.reasons.set(answer.why, (this.reasons.get(answer.why) ?? 0) + 1)
    if (answer.kind === 'unanswered') this.chronicle.doubtful(server.id, this.clock.now(answeredAt))
    if (answer.kind === 'refused' && !this.refusals.has(server)) this.refusals.set(server, answer.why)
  }

  get latencyMs(): Percentiles | null {
    const { count } = this.#latencyMicros
    if (count === 0) return null
    const at = (percentile: number) => this.#latencyMicros.percentile(percentile) / MICROS_PER_MS
    return { count, p50: at(50), p99: at(99), max: this.#latencyMicros.max / MICROS_PER_MS }
  }
}
