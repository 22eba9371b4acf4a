import type { Instant, ServerId } from '../core/types.ts'
import { Refusal } from '../errors.ts'
import type { InsertedSamples, SampleEntry } from '../store/metric-samples.ts'
import { isBadData } from '../store/sqlstate.ts'
import { type AgedSample, isTooOld, MAX_SAMPLES } from './clean-sample.ts'

/** The most samples of one statement, but for a single delivery that is larger. */
const MAX_BATCH = 2_000

/** The most samples of one server that may wait: one that sends without end must not keep others from being heard. */
const MAX_OF_SERVER = 2 * MAX_SAMPLES

export type SamplesOutcome =
  | {
      readonly kind: 'recorded'
      /** When the newest of them counts as measured; null where all were too old. */
      readonly at: Instant | null
      readonly recorded: number
      /** They were there already. */
      readonly doubled: number
      readonly tooOld: number
      /** More than are kept of a minute. */
      readonly tooMany: number
    }
  | { readonly kind: 'unknown-server' }

export interface SampleWriterOptions {
  readonly write: (entries: readonly SampleEntry[]) => Promise<ReadonlyMap<ServerId, InsertedSamples>>
  /** By how much what was read at this instant may have come in earlier: see `Pauses`. */
  readonly lateByMs?: (readAtMs: number) => number
  /** The most samples that may wait; one more is refused. */
  readonly maxWaiting: number
}

interface Delivery {
  readonly serverId: ServerId
  readonly samples: readonly AgedSample[]
  /** `performance.now()` at arrival: what waits here grows older here. */
  readonly arrivedAtMs: number
  readonly lateMs: number
  readonly resolve: (outcome: SamplesOutcome) => void
  readonly reject: (error: unknown) => void
}

/**
 * Group commit for metrics: deliveries gather while the batch before them is being written, and then go together.
 *
 * Alone, a delivery is written at once. Each server is in a batch once, so that every caller hears what became of its own.
 */
export class SampleWriter {
  #waiting: Delivery[] = []
  #samples = 0
  /** Of each server that has some waiting. */
  readonly #samplesOf = new Map<ServerId, number>()
  #running: Promise<void> | undefined
  #closed = false

  constructor(readonly options: SampleWriterOptions) {}

  /**
   * Records samples of one server; answers after the commit, when what follows from them is done.
   *
   * @throws Refusal UNAVAILABLE where too many wait, of all or of this server, the hub is stopping, or the database cannot be reached
   */
  record(serverId: ServerId, samples: readonly AgedSample[], arrivedAtMs = performance.now()): Promise<SamplesOutcome> {
    if (this.#closed) return Promise.reject(busy('This hub is stopping.'))
    if (this.#samples + samples.length > this.options.maxWaiting) {
      return Promise.reject(busy('Too many samples are waiting.'))
    }
    const ofServer = (this.#samplesOf.get(serverId) ?? 0) + samples.length
    if (ofServer > MAX_OF_SERVER) return Promise.reject(busy('Too many samples of this server are waiting.'))
    return new Promise((resolve, reject) => {
      this.#samples += samples.length
      this.#samplesOf.set(serverId, ofServer)
      const lateMs = this.options.lateByMs?.(arrivedAtMs) ?? 0
      this.#waiting.push({ serverId, samples, arrivedAtMs, lateMs, resolve, reject })
      this.#running ??= this.#run()
    })
  }

  /** Refuses what comes from now on and waits for what is here. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#running
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) await this.#write(this.#take())
    this.#running = undefined
  }

  #take(): Delivery[] {
    const servers = new Set<ServerId>()
    const batch: Delivery[] = []
    const later: Delivery[] = []
    let size = 0
    for (const delivery of this.#waiting) {
      const fits = batch.length === 0 || size + delivery.samples.length <= MAX_BATCH
      if (!fits || servers.has(delivery.serverId)) {
        later.push(delivery)
        continue
      }
      servers.add(delivery.serverId)
      batch.push(delivery)
      size += delivery.samples.length
    }
    this.#waiting = later
    return batch
  }

  async #write(batch: readonly Delivery[]): Promise<void> {
    try {
      const inserted = await this.options.write(batch.flatMap(entriesOf))
      for (const delivery of batch) {
        this.#settle(delivery).resolve(outcomeOf(delivery, inserted.get(delivery.serverId)))
      }
    } catch (error) {
      // One bad entry must not cost its neighbours anything: the halves go separately.
      if (isBadData(error) && batch.length > 1) {
        const middle = batch.length >> 1
        await this.#write(batch.slice(0, middle))
        await this.#write(batch.slice(middle))
        return
      }
      for (const delivery of batch) this.#settle(delivery).reject(error)
    }
  }

  #settle(delivery: Delivery): Delivery {
    const { serverId, samples } = delivery
    this.#samples -= samples.length
    const left = (this.#samplesOf.get(serverId) ?? 0) - samples.length
    if (left > 0) this.#samplesOf.set(serverId, left)
    else this.#samplesOf.delete(serverId)
    return delivery
  }
}

function entriesOf({ serverId, samples, arrivedAtMs, lateMs }: Delivery): SampleEntry[] {
  const waitedMs = Math.max(0, performance.now() - arrivedAtMs)
  return samples
    .filter((aged) => !isTooOld(aged))
    .map(({ ageMs, ...measured }) => ({ serverId, ...measured, ageMs: ageMs + waitedMs, lateMs }))
}

function outcomeOf({ samples }: Delivery, inserted: InsertedSamples | undefined): SamplesOutcome {
  const tooOld = samples.filter(isTooOld).length
  const fit = samples.length - tooOld
  if (fit === 0) return { kind: 'recorded', at: null, recorded: 0, doubled: 0, tooOld, tooMany: 0 }
  if (!inserted) return { kind: 'unknown-server' }
  return { kind: 'recorded', ...inserted, doubled: fit - inserted.recorded - inserted.tooMany, tooOld }
}

function busy(message: string): Refusal {
  return new Refusal('UNAVAILABLE', message, { retryAfterSeconds: 1 })
}
