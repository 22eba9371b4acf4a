import { type OwnInstant, ownNow } from './clock.ts'
import type { SimulatedServer } from './fleet.ts'
import type { HeartbeatAnswer } from './heartbeat-post.ts'

/** Like the real agent's: several tries within the slot, so that one lost request is not a lost beat. */
const TRIES_PER_SLOT = 4
/** A timer shorter than this costs more than it gives. */
const SHORTEST_SLEEP_MS = 1

export interface SenderOptions {
  readonly servers: readonly SimulatedServer[]
  readonly intervalMs: number
  /** The servers begin within so many intervals (1). */
  readonly rampIntervals?: number
  readonly post: (server: SimulatedServer) => Promise<HeartbeatAnswer>
  readonly onAnswer: (server: SimulatedServer, sentAt: OwnInstant, answer: HeartbeatAnswer) => void
  readonly now?: () => OwnInstant
}

/**
 * Sends every server's heartbeat once an interval, all of them spread evenly over it.
 *
 * The slots are fixed: what comes late does not push back what follows. A server has one heartbeat under way at a time, as a
 * real agent has; a slot that comes while it waits for an answer is skipped.
 */
export class Sender {
  readonly #options: SenderOptions
  readonly #now: () => OwnInstant
  readonly #underWay = new Set<SimulatedServer>()
  readonly #retries = new Set<NodeJS.Timeout>()
  readonly #silent = new Set<SimulatedServer>()
  #timer: NodeJS.Timeout | undefined
  #startAt: OwnInstant = 0
  #nextSlot = 0
  /** How late a heartbeat left at worst: our own fault, not the hub's. */
  worstLatenessMs = 0
  skipped = 0

  constructor(options: SenderOptions) {
    this.#options = options
    this.#now = options.now ?? ownNow
  }

  start(): void {
    this.#startAt = this.#now()
    this.#sendDue()
  }

  /** From now on these send nothing, not even another try. */
  silence(servers: Iterable<SimulatedServer>): void {
    for (const server of servers) this.#silent.add(server)
  }

  /** From now on these send again. */
  speak(servers: Iterable<SimulatedServer>): void {
    for (const server of servers) this.#silent.delete(server)
  }

  /** All servers send at this moment, besides their slots: what happens when a network comes back. */
  sendAll(): void {
    for (const server of this.#options.servers) if (!this.#underWay.has(server)) void this.#send(server, TRIES_PER_SLOT)
  }

  /** What is under way is still answered. */
  stop(): void {
    clearTimeout(this.#timer)
    for (const retry of this.#retries) clearTimeout(retry)
    this.#retries.clear()
    this.silence(this.#options.servers)
  }

  #sendDue(): void {
    const { servers, intervalMs, rampIntervals = 1 } = this.#options
    const slotMs = intervalMs / servers.length
    for (;;) {
      const dueInMs = this.#startAt + this.#nextSlot * slotMs - this.#now()
      if (dueInMs > 0) {
        this.#timer = setTimeout(() => this.#sendDue(), Math.max(SHORTEST_SLEEP_MS, dueInMs))
        return
      }
      this.worstLatenessMs = Math.max(this.worstLatenessMs, -dueInMs)
      const index = this.#nextSlot % servers.length
      const hasBegun = this.#nextSlot >= (index % rampIntervals) * servers.length
      const server = servers[index] as SimulatedServer
      this.#nextSlot += 1
      if (!hasBegun) continue
      if (this.#underWay.has(server)) this.skipped += 1
      else void this.#send(server, TRIES_PER_SLOT)
    }
  }

  async #send(server: SimulatedServer, tries: number): Promise<void> {
    if (this.#silent.has(server)) return
    this.#underWay.add(server)
    const sentAt = this.#now()
    const answer = await this.#options.post(server)
    this.#underWay.delete(server)
    this.#options.onAnswer(server, sentAt, answer)
    if (answer.kind !== 'acknowledged' && tries > 1) this.#retry(server, tries - 1)
  }

  #retry(server: SimulatedServer, tries: number): void {
    const retry = setTimeout(
      () => {
        this.#retries.delete(retry)
        if (!this.#underWay.has(server)) void this.#send(server, tries)
      },
      this.#options.intervalMs / (TRIES_PER_SLOT + 1),
    )
    this.#retries.add(retry)
  }
}
