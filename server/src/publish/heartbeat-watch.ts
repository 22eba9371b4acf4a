import type { Instant, ServerId } from '../core/types.ts'
import { Refusal } from '../errors.ts'
import { readLastHeartbeats } from '../store/last-heartbeats.ts'
import type { Store } from '../store/store.ts'
import { Broadcast, type Queue } from './broadcast.ts'

const LOOK_MS = 1_000

export interface HeartbeatSeen {
  readonly serverId: ServerId
  readonly receivedAt: Instant
}

/**
 * Tells those who have one server open of its heartbeats.
 *
 * While anybody watches, one statement a second reads the watched servers' times: that sees the heartbeats that other
 * hubs took, costs ingest nothing, and is the promised one a second at most.
 */
export class HeartbeatWatch {
  readonly #watched = new Map<
    ServerId,
    { readonly readers: Broadcast<HeartbeatSeen>; last: Instant | null | undefined }
  >()
  #timer: NodeJS.Timeout | undefined

  constructor(
    readonly store: Store,
    readonly onError: (error: unknown) => void,
  ) {}

  watch(serverId: ServerId): Queue<HeartbeatSeen> {
    let watched = this.#watched.get(serverId)
    if (!watched) {
      watched = { readers: new Broadcast<HeartbeatSeen>(slow), last: undefined }
      this.#watched.set(serverId, watched)
    }
    this.#timer ??= setTimeout(() => this.#look(), 0)
    return watched.readers.subscribe()
  }

  end(): void {
    clearTimeout(this.#timer)
    for (const { readers } of this.#watched.values()) readers.end()
    this.#watched.clear()
  }

  async #look(): Promise<void> {
    for (const [id, { readers }] of this.#watched) if (readers.size === 0) this.#watched.delete(id)
    if (this.#watched.size === 0) {
      this.#timer = undefined
      return
    }
    try {
      for (const [id, at] of await readLastHeartbeats(this.store, [...this.#watched.keys()])) this.#tell(id, at)
    } catch (error) {
      this.onError(error)
    }
    this.#timer = setTimeout(() => this.#look(), LOOK_MS)
  }

  #tell(id: ServerId, at: Instant | null): void {
    const watched = this.#watched.get(id)
    if (!watched || watched.last === at) return
    const first = watched.last === undefined
    watched.last = at
    if (at !== null && !first) watched.readers.publish({ serverId: id, receivedAt: at })
  }
}

function slow(): Refusal {
  return new Refusal('SLOW_CONSUMER', 'Too many heartbeats waited to be read. Subscribe anew.')
}
