import type { Server, ServerChangeKind, ServerId, ToldServerChange } from '../core/types.ts'
import type { Refusal } from '../errors.ts'
import { passesFilter, type ServerFilter } from '../store/server-filter.ts'
import { findServerIds } from '../store/server-list.ts'
import type { Store } from '../store/store.ts'
import { Broadcast, type Queue } from './broadcast.ts'

export interface ServerChange {
  readonly kind: ToldServerChange
  readonly server: Server
}

/** A server as it was found, and why it was looked at: a change, or one of its status, which the status feed tells of. */
export interface Look {
  readonly why: ServerChangeKind | 'STATUS'
  readonly server: Server
}

export interface ServerViewOptions {
  readonly store: Store
  readonly tooSlow: () => Refusal
  readonly onError: (error: unknown) => void
  readonly now?: () => number
}

const RETRY_MS = 250

/** What was committed before the table was read is heard of by then, also where the connection that hears broke meanwhile. */
const HEARD_AFTER_MS = 30_000

/**
 * The servers that pass one filter, for all who subscribed with it: it knows which do, so that it tells once of one that does
 * not any more.
 *
 * At the beginning that is not known yet. Whoever subscribes may have read a list a moment earlier, so a server that does
 * not pass is told to have left then, even if it never was in.
 */
export class ServerView {
  readonly #options: ServerViewOptions
  readonly #now: () => number
  readonly #readers: Broadcast<ServerChange>
  /** Those that passed when the table was read, in the order of their ids. */
  #first: readonly ServerId[] = []
  #knownFromMs = Number.POSITIVE_INFINITY
  /** Whether they pass, of those that were looked at since. */
  readonly #since = new Map<ServerId, boolean>()
  #reading: Promise<void> | undefined

  constructor(
    readonly filter: ServerFilter,
    options: ServerViewOptions,
  ) {
    this.#options = options
    this.#now = options.now ?? (() => performance.now())
    this.#readers = new Broadcast(options.tooSlow)
  }

  subscribe(): Queue<ServerChange> {
    const queue = this.#readers.subscribe()
    this.#reading ??= this.#read()
    return queue
  }

  get isFollowed(): boolean {
    return this.#readers.size > 0
  }

  /** A change of status alone may bring a server in or out. */
  get isByStatus(): boolean {
    return this.filter.statuses !== undefined || this.filter.reasons !== undefined
  }

  tell(looks: readonly Look[]): void {
    const told = looks.map((look) => this.#see(look)).filter((change) => change !== undefined)
    this.#readers.publish(told)
  }

  end(): void {
    this.#readers.end()
  }

  #see({ why, server }: Look): ServerChange | undefined {
    const { id, deletedAt } = server
    if (this.filter.ids?.includes(id) === false) return undefined
    if (why === 'STATUS' && !this.isByStatus) return undefined
    const wasIn = this.#isIn(id)
    const isIn = deletedAt === null && passesFilter(server, this.filter)
    this.#since.set(id, isIn)
    if (isIn && why === 'STATUS') return wasIn === true ? undefined : { kind: 'UPDATED', server }
    if (isIn) return { kind: why as ServerChangeKind, server }
    return wasIn === false ? undefined : { kind: deletedAt === null ? 'LEFT_FILTER' : 'DELETED', server }
  }

  /** Undefined where it is not known. */
  #isIn(id: ServerId): boolean | undefined {
    const since = this.#since.get(id)
    if (since !== undefined) return since
    if (includes(this.#first, id)) return true
    return this.#now() < this.#knownFromMs ? undefined : false
  }

  async #read(): Promise<void> {
    let failed = false
    while (this.isFollowed) {
      try {
        this.#first = await findServerIds(this.#options.store, this.filter)
        this.#knownFromMs = this.#now() + HEARD_AFTER_MS
        return
      } catch (error) {
        if (!failed) this.#options.onError(error) // once an outage
        failed = true
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
      }
    }
  }
}

/** In numbers that ascend. */
function includes(numbers: readonly number[], wanted: number): boolean {
  let [from, to] = [0, numbers.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if ((numbers[middle] as number) < wanted) from = middle + 1
    else to = middle
  }
  return numbers[from] === wanted
}
