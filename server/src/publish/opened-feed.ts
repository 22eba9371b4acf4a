import type { Alert, Anomaly } from '../core/types.ts'
import type { Refusal } from '../errors.ts'
import { isOpenedAs, type OpenedFilter } from '../store/opened-filter.ts'
import { findServers } from '../store/server-row.ts'
import type { Store } from '../store/store.ts'
import { Broadcast, type Queue } from './broadcast.ts'
import { Heard } from './heard.ts'

/** One with the tags that its server has at this moment, for those who asked for some. */
type Seen<T> = T & { readonly serverTags: readonly string[] }

export interface OpenedFeedOptions<T> {
  readonly store: Store
  readonly find: (ids: readonly number[]) => Promise<readonly T[]>
  readonly tooSlow: () => Refusal
  readonly onError: (error: unknown) => void
}

/** Tells of alerts, or of anomalies, that are raised or changed. Read once for all who listen, and not at all for nobody. */
export class OpenedFeed<T extends Alert | Anomaly> {
  readonly #options: OpenedFeedOptions<T>
  readonly #readers: Broadcast<Seen<T>>
  readonly #heard: Heard<true>

  constructor(options: OpenedFeedOptions<T>) {
    this.#options = options
    this.#readers = new Broadcast(options.tooSlow)
    const { onError } = options
    this.#heard = new Heard({ read: (heard) => this.#read([...heard.keys()]), merge: () => true, onError })
  }

  subscribe(filter: OpenedFilter, accepts: (opened: T) => boolean = () => true): Queue<Seen<T>> {
    return this.#readers.subscribe((opened) => isOpenedAs(opened, filter, opened.serverTags) && accepts(opened))
  }

  /** Payload: the id. */
  heard(payload: string): void {
    if (this.#readers.size > 0) this.#heard.add(Number(payload), true)
  }

  /** Ends every subscription: the hub stops. */
  end(): void {
    this.#heard.stop()
    this.#readers.end()
  }

  async #read(ids: readonly number[]): Promise<void> {
    const found = await this.#options.find(ids)
    const servers = await findServers(this.#options.store, [...new Set(found.map(({ serverId }) => serverId))])
    this.#readers.publish(found.map((opened) => ({ ...opened, serverTags: servers.get(opened.serverId)?.tags ?? [] })))
  }
}
