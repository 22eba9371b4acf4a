import type { AgentFacts, Instant, ServerId } from '../core/types.ts'
import { Refusal } from '../errors.ts'
import { isBadData } from '../store/sqlstate.ts'
import {
  type HeartbeatEntry,
  LONGEST_WAIT_MS,
  type WrittenHeartbeat,
  waitedTooLong,
} from '../store/write-heartbeats.ts'

/** The most rows of one statement. */
export const MAX_BATCH = 2_000

export type HeartbeatOutcome =
  | { readonly kind: 'recorded'; readonly receivedAt: Instant; readonly name: string }
  | { readonly kind: 'unknown-server' }

export interface BatchWriterOptions {
  /** Writes one batch, at most one entry a server; a server that the answer lacks is unknown. */
  readonly write: (entries: readonly HeartbeatEntry[]) => Promise<ReadonlyMap<ServerId, WrittenHeartbeat>>
  readonly findNames: (ids: readonly ServerId[]) => Promise<ReadonlyMap<ServerId, string>>
  /** The most requests that may wait; one more is refused. */
  readonly maxWaiting: number
}

interface Waiter {
  readonly resolve: (outcome: HeartbeatOutcome) => void
  readonly reject: (error: unknown) => void
}

interface Waiting {
  entry: HeartbeatEntry
  /** When the first of them came, monotonic. */
  readonly since: number
  readonly waiters: Waiter[]
  /** Who waits for it without having sent it. */
  flushes?: (() => void)[]
}

/**
 * Group commit: heartbeats gather while the batch before them is being written, and then go together.
 *
 * Alone, a heartbeat is written at once; under load the batches grow by themselves. Nobody is answered before the
 * commit. Several heartbeats of one server in one batch are one row, the newest.
 */
export class BatchWriter {
  #waiting = new Map<ServerId, Waiting>()
  #waiters = 0
  #running: Promise<void> | undefined
  /** Batches that are committed, and of which not everybody has had an answer yet. */
  readonly #answering = new Set<Promise<void>>()
  #closed = false
  readonly #names = new Map<ServerId, string>()
  /** How often names were changed: those that were being read meanwhile may be the old ones. */
  #renames = 0

  constructor(readonly options: BatchWriterOptions) {}

  /**
   * Records one heartbeat; answers after the commit.
   *
   * @param arrivedAtMs `performance.now()` when it arrived.
   * @throws Refusal UNAVAILABLE where too many wait, the hub is stopping, or the database cannot be reached
   */
  record(serverId: ServerId, agent: AgentFacts, arrivedAtMs = performance.now()): Promise<HeartbeatOutcome> {
    if (this.#closed) return Promise.reject(busy('This hub is stopping.'))
    if (this.#waiters >= this.options.maxWaiting) return Promise.reject(busy('Too many heartbeats are waiting.'))

    return new Promise((resolve, reject) => {
      this.#waiters++
      this.#add({ ...agent, serverId, arrivedAtMs }, { resolve, reject })
      this.#running ??= this.#run()
    })
  }

  /** Resolves when every heartbeat that is here now, of these servers or of all, has been committed or refused. */
  async flush(ids?: readonly ServerId[]): Promise<void> {
    const last: Promise<void>[] = []
    if (!ids || ids.some((id) => this.#flying.has(id))) last.push(this.#inFlight)
    for (const waiting of ids ? this.#waitingOf(ids) : this.#waiting.values()) {
      waiting.flushes ??= []
      last.push(new Promise((done) => waiting.flushes?.push(done)))
    }
    await Promise.all(last)
  }

  /** How long the oldest heartbeat that waits has waited; null where none does. */
  get backlogMs(): number | null {
    let oldest = this.#inFlightSince
    for (const { since } of this.#waiting.values()) {
      oldest = Math.min(oldest, since)
      break // the map keeps the order of arrival
    }
    return oldest === Infinity ? null : performance.now() - oldest
  }

  /** Names are remembered; call this when a server was renamed or deleted. */
  forgetName(id: ServerId): void {
    this.#renames += 1
    this.#names.delete(id)
  }

  /** Refuses what comes from now on and waits for what is here. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#running
    await Promise.all(this.#answering)
  }

  /** The batch that is being written, or was last. */
  #flying: ReadonlyMap<ServerId, Waiting> = new Map()
  #inFlight: Promise<void> = Promise.resolve()
  #inFlightSince = Infinity

  #add(entry: HeartbeatEntry, waiter: Waiter): void {
    const waiting = this.#waiting.get(entry.serverId)
    if (!waiting) {
      this.#waiting.set(entry.serverId, { entry, since: entry.arrivedAtMs, waiters: [waiter] })
      return
    }
    waiting.waiters.push(waiter)
    if (entry.arrivedAtMs >= waiting.entry.arrivedAtMs) waiting.entry = { ...waiting.entry, ...entry }
  }

  #waitingOf(ids: readonly ServerId[]): Waiting[] {
    return ids.map((id) => this.#waiting.get(id)).filter((waiting) => waiting !== undefined)
  }

  async #run(): Promise<void> {
    while (this.#waiting.size > 0) {
      this.#flying = this.#take()
      const batch = this.#refuseOld([...this.#flying.values()])
      this.#inFlightSince = batch[0]?.since ?? Infinity
      this.#inFlight = batch.length > 0 ? this.#write(batch) : Promise.resolve()
      await this.#inFlight
      this.#inFlightSince = Infinity
    }
    this.#running = undefined
  }

  #take(): Map<ServerId, Waiting> {
    const waiting = this.#waiting
    if (waiting.size <= MAX_BATCH) {
      this.#waiting = new Map()
      return waiting
    }
    const batch = new Map<ServerId, Waiting>()
    for (const [id, one] of waiting) {
      if (batch.size === MAX_BATCH) break
      batch.set(id, one)
      waiting.delete(id)
    }
    return batch
  }

  /** What has waited for too long would be refused with the whole batch, and must not cost its neighbours anything. */
  #refuseOld(batch: readonly Waiting[]): Waiting[] {
    const oldest = performance.now() - LONGEST_WAIT_MS
    return batch.filter((waiting) => {
      if (waiting.entry.arrivedAtMs >= oldest) return true
      this.#settle(waiting, (waiter) => waiter.reject(waitedTooLong()))
      return false
    })
  }

  /** Resolves after the commit. The next batch does not wait until everybody's name has been read, too. */
  async #write(batch: readonly Waiting[]): Promise<void> {
    try {
      const written = await this.options.write(batch.map(({ entry }) => entry))
      const answering = this.#answerAll(batch, written).finally(() => this.#answering.delete(answering))
      this.#answering.add(answering)
    } catch (error) {
      // One bad entry must not cost its neighbours anything: the halves go separately.
      if (isBadData(error) && batch.length > 1) {
        const middle = batch.length >> 1
        await this.#write(batch.slice(0, middle))
        await this.#write(batch.slice(middle))
        return
      }
      for (const waiting of batch) this.#settle(waiting, (waiter) => waiter.reject(error))
    }
  }

  async #answerAll(batch: readonly Waiting[], written: ReadonlyMap<ServerId, WrittenHeartbeat>): Promise<void> {
    const names = await this.#namesOf([...written.keys()])
    for (const waiting of batch) this.#answer(waiting, written, names)
  }

  #answer(
    waiting: Waiting,
    written: ReadonlyMap<ServerId, WrittenHeartbeat>,
    names: ReadonlyMap<ServerId, string>,
  ): void {
    const { serverId } = waiting.entry
    const receivedAt = written.get(serverId)?.receivedAt
    const outcome: HeartbeatOutcome =
      receivedAt === undefined
        ? { kind: 'unknown-server' }
        : { kind: 'recorded', receivedAt, name: names.get(serverId) ?? '' }
    this.#settle(waiting, (waiter) => waiter.resolve(outcome))
  }

  #settle({ waiters, flushes }: Waiting, tell: (waiter: Waiter) => void): void {
    this.#waiters -= waiters.length
    for (const waiter of waiters) tell(waiter)
    for (const done of flushes ?? []) done()
  }

  /** A name that cannot be read costs no heartbeat: it is committed already. */
  async #namesOf(ids: readonly ServerId[]): Promise<ReadonlyMap<ServerId, string>> {
    const names = new Map<ServerId, string>()
    const unknown: ServerId[] = []
    for (const id of ids) {
      const name = this.#names.get(id)
      if (name === undefined) unknown.push(id)
      else names.set(id, name)
    }
    if (unknown.length === 0) return names

    const renames = this.#renames
    const found = await this.options.findNames(unknown).catch(() => new Map<ServerId, string>())
    for (const [id, name] of found) {
      names.set(id, name)
      if (renames === this.#renames) this.#names.set(id, name)
    }
    return names
  }
}

function busy(message: string): Refusal {
  return new Refusal('UNAVAILABLE', message, { retryAfterSeconds: 1 })
}
