import type { Instant, ServerId } from '../core/types.ts'
import { Refusal } from '../errors.ts'
import { Broadcast, type Queue } from './broadcast.ts'

const LOOK_MS = 1_000

/** Reads the newest of something for each of these servers; null where there is none. */
export type ReadNewest<T> = (ids: readonly ServerId[]) => Promise<ReadonlyMap<ServerId, T | null>>

interface Watched<T> {
  readonly readers: Broadcast<T>
  /** Undefined before the first look. */
  last: Instant | null | undefined
}

/**
 * Tells those who have one server open of what is recorded of it: its heartbeats, its samples.
 *
 * While anybody watches, one statement a second reads the newest of each watched server: that sees what other hubs took,
 * costs ingest nothing, and is the promised one a second at most.
 */
export class PolledWatch<T> {
  readonly #watched = new Map<ServerId, Watched<T>>()
  #timer: NodeJS.Timeout | undefined

  constructor(
    readonly read: ReadNewest<T>,
    /** When the thing was recorded: another instant is news. */
    readonly instantOf: (item: T) => Instant,
    readonly onError: (error: unknown) => void,
  ) {}

  watch(serverId: ServerId): Queue<T> {
    let watched = this.#watched.get(serverId)
    if (!watched) {
      watched = { readers: new Broadcast<T>(slow), last: undefined }
      this.#watched.set(serverId, watched)
    }
    this.#timer ??= setTimeout(() => this.#look(), 0)
    return watched.readers.subscribe()
  }

  end(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
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
      const looked = [...this.#watched]
      const newest = await this.read(looked.map(([id]) => id))
      for (const [id, watched] of looked) this.#tell(watched, newest.get(id) ?? null)
    } catch (error) {
      this.onError(error)
    }
    if (this.#timer !== undefined) this.#timer = setTimeout(() => this.#look(), LOOK_MS)
  }

  #tell(watched: Watched<T>, item: T | null): void {
    const at = item === null ? null : this.instantOf(item)
    if (watched.last === at) return
    const isFirst = watched.last === undefined
    watched.last = at
    if (item !== null && !isFirst) watched.readers.publish([item])
  }
}

function slow(): Refusal {
  return new Refusal('SLOW_CONSUMER', 'Too much waited to be read. Subscribe anew.')
}
