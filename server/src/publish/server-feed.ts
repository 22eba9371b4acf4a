import type { ServerChangeKind, ServerId, StatusEvent } from '../core/types.ts'
import type { ServerFilter } from '../store/server-filter.ts'
import { findServers } from '../store/server-row.ts'
import { Broadcast, type Queue } from './broadcast.ts'
import { Heard } from './heard.ts'
import { type Look, type ServerChange, ServerView, type ServerViewOptions } from './server-view.ts'

/** A storm of statuses is read in parts, so that heartbeats get through in between. */
const READ_AT_ONCE = 1_000

/**
 * Tells of servers that are created, changed or deleted; those who asked for some also of what begins to pass their filter, or
 * does not any more. Read once for all who listen, and not at all for nobody.
 */
export class ServerFeed {
  readonly #options: ServerViewOptions
  /** Of those who asked for all, or for some by id: nothing that happens to a server brings it in or out. */
  readonly #all: Broadcast<ServerChange>
  readonly #views = new Map<string, ServerView>()
  readonly #heard: Heard<Look['why']>

  constructor(options: ServerViewOptions) {
    this.#options = options
    this.#all = new Broadcast(options.tooSlow)
    this.#heard = new Heard({ read: (heard) => this.#read(heard), merge, onError: options.onError })
  }

  subscribe(filter: ServerFilter): Queue<ServerChange> {
    const { ids, ...others } = filter
    if (Object.values(others).every((condition) => condition === undefined)) {
      return this.#all.subscribe(ids && (({ server }) => ids.includes(server.id)))
    }
    this.#forgetLeft()
    const key = JSON.stringify(filter)
    const view = this.#views.get(key) ?? new ServerView(filter, this.#options)
    this.#views.set(key, view)
    return view.subscribe()
  }

  /** Payload: `KIND id`. */
  heard(payload: string): void {
    const [kind, id] = payload.split(' ')
    this.#forgetLeft()
    if (this.#all.size + this.#views.size > 0) this.#heard.add(Number(id), kind as ServerChangeKind)
  }

  /** Statuses were changed: to be looked at where somebody asked for some. */
  heardStatus(events: readonly StatusEvent[]): void {
    this.#forgetLeft()
    if (![...this.#views.values()].some((view) => view.isByStatus)) return
    for (const { server } of events) this.#heard.add(server.id, 'STATUS')
  }

  /** Ends every subscription: the hub stops. */
  end(): void {
    this.#heard.stop()
    this.#all.end()
    for (const view of this.#views.values()) view.end()
  }

  /** A view that nobody follows hears nothing any more, so that whoever comes next needs a new one. */
  #forgetLeft(): void {
    for (const [key, view] of this.#views) if (!view.isFollowed) this.#views.delete(key)
  }

  async #read(heard: ReadonlyMap<ServerId, Look['why']>): Promise<void> {
    const all = [...heard]
    for (let i = 0; i < all.length; i += READ_AT_ONCE) {
      const part = all.slice(i, i + READ_AT_ONCE)
      const servers = await findServers(
        this.#options.store,
        part.map(([id]) => id),
      )
      this.#tell(part.map(([id, why]) => ({ why, server: servers.get(id) })).filter(isFound))
    }
  }

  #tell(looks: readonly Look[]): void {
    const changes: ServerChange[] = []
    for (const { why, server } of looks) {
      if (why !== 'STATUS') changes.push({ kind: server.deletedAt === null ? why : 'DELETED', server })
    }
    this.#all.publish(changes)
    for (const view of this.#views.values()) view.tell(looks)
  }
}

/** A server that was created and changed before it was read is news as a whole; a change says more than one of the status. */
function merge(earlier: Look['why'], later: Look['why']): Look['why'] {
  if (later === 'STATUS') return earlier
  return earlier === 'CREATED' && later === 'UPDATED' ? 'CREATED' : later
}

function isFound(look: { readonly why: Look['why']; readonly server: Look['server'] | undefined }): look is Look {
  return look.server !== undefined
}
