import type { StatusEvent } from '../core/types.ts'
import { Refusal } from '../errors.ts'
import { newestEventId, readEvents, resumePoint, type StatusEventFilter } from '../store/event-log.ts'
import { feedCursorBefore } from '../store/feed-cursor.ts'
import type { Store } from '../store/store.ts'
import { reachable } from '../store/transaction.ts'
import { Broadcast, MAX_QUEUED, type Queue } from './broadcast.ts'
import { Stream } from './stream.ts'

const REPLAY_PAGE = 500

/** What the feed needs of the tail: how far it has come. */
export interface Position {
  readonly position: number
}

export interface StatusFeedOptions {
  readonly maxQueued?: number
  /** Called each time when live events have been passed on to a subscriber, with the first of them. */
  readonly onTold?: (event: StatusEvent) => void
}

/**
 * The feed of status changes: first the events after a cursor from the table, then live ones, with nothing lost,
 * doubled or out of order across the seam.
 */
export class StatusFeed {
  readonly #live: Broadcast<StatusEvent>
  readonly #onTold: (event: StatusEvent) => void
  /** Subscriptions that ended because their reader was too slow. */
  dropped = 0

  constructor(
    readonly store: Store,
    readonly tail: Position,
    { maxQueued = MAX_QUEUED, onTold = () => undefined }: StatusFeedOptions = {},
  ) {
    this.#onTold = onTold
    this.#live = new Broadcast((unread) => {
      this.dropped += 1
      return slowConsumer(store, unread)
    }, maxQueued)
  }

  /** Hands live events to all who listen; called with every event once, in order. */
  publish(events: readonly StatusEvent[]): void {
    this.#live.publish(events)
  }

  /**
   * Begins after the cursor, or with the next event where there is none.
   *
   * The stream ends with Refusal SLOW_CONSUMER, which carries the cursor to resume from, when too many events wait.
   *
   * @throws Refusal BAD_CURSOR or CURSOR_EXPIRED
   */
  async events(filter: StatusEventFilter, after: string | null): Promise<Stream<StatusEvent>> {
    const from = await (after === null ? this.#now() : resumePoint(this.store, after))
    return new StatusEvents({
      store: this.store,
      filter,
      from,
      onTold: this.#onTold,
      join: (after) => ({
        seam: this.tail.position,
        live: this.#live.subscribe((event) => event.id > after && passes(event, filter)),
      }),
    })
  }

  /** Ends every subscription: the hub stops. */
  end(): void {
    this.#live.end()
  }

  get size(): number {
    return this.#live.size
  }

  /** By the table: the tail may still have to read what was committed before this subscriber came. */
  #now(): Promise<number> {
    return reachable(() => newestEventId(this.store.pool))
  }
}

interface StatusEventsOptions {
  readonly store: Store
  readonly filter: StatusEventFilter
  /** The id of the last event that the subscriber has seen. */
  readonly from: number
  readonly onTold: (event: StatusEvent) => void
  /**
   * Begins to gather live events, all after the seam, but none up to `after`: another hub may have been ahead of this one
   * when it gave the cursor out.
   */
  readonly join: (after: number) => { readonly seam: number; readonly live: Queue<StatusEvent> }
}

class Failure {
  constructor(readonly error: unknown) {}
}

/** One subscriber's events: replayed up to the seam, then live. */
class StatusEvents extends Stream<StatusEvent> {
  readonly #options: StatusEventsOptions
  /** Every event up to this id has been read or does not concern the subscriber. */
  #last: number
  #seam: number
  #live: Queue<StatusEvent>
  /** What was replayed and is still to be read, or why it could not be. */
  #page: readonly StatusEvent[] | Failure = []
  /** The first of the live events that were read last. */
  #telling: StatusEvent | undefined
  #closed = false

  constructor(options: StatusEventsOptions) {
    super()
    this.#options = options
    this.#last = options.from
    // Joined before the table is read: an event is in the table up to the seam, or in the queue, never in neither.
    const { seam, live } = options.join(this.#last)
    this.#seam = seam
    this.#live = live
  }

  poll(onReady: () => void): readonly StatusEvent[] | null {
    if (this.#telling) this.#options.onTold(this.#telling)
    this.#telling = undefined

    const page = this.#page
    if (page instanceof Failure) throw page.error
    if (page.length > 0) {
      this.#page = []
      return page
    }
    if (this.#last >= this.#seam || this.#closed) {
      const events = this.#live.poll(onReady)
      this.#telling = events?.[0]
      return events
    }
    void this.#replay().then(onReady)
    return []
  }

  close(): void {
    this.#closed = true
    this.#live.close()
  }

  async #replay(): Promise<void> {
    const { store, filter } = this.#options
    try {
      const range = { after: this.#last, through: this.#seam, complete: true, limit: REPLAY_PAGE }
      const page = await readEvents(store, filter, range)
      if (this.#closed) return
      this.#last = page.length < REPLAY_PAGE ? this.#seam : (page.at(-1) as StatusEvent).id
      this.#page = page
      if (this.#last < this.#seam) this.#joinAnew()
    } catch (error) {
      this.#page = new Failure(error)
    }
  }

  /** The seam moves along, so that whoever has a long history to read lets no live events wait meanwhile. */
  #joinAnew(): void {
    this.#live.close()
    const { seam, live } = this.#options.join(this.#last)
    this.#seam = seam
    this.#live = live
  }
}

/** Whether a subscriber with this filter is told of the event. */
export function passes(event: StatusEvent, filter: StatusEventFilter): boolean {
  const { serverIds, tags, to, reasons, since = -Infinity, until = Infinity } = filter
  if (event.at < since || event.at >= until) return false
  if (serverIds && !serverIds.includes(event.server.id)) return false
  if (to && !to.includes(event.to)) return false
  if (reasons && !reasons.includes(event.reason)) return false
  return !tags || tags.every((tag) => event.server.tags.includes(tag))
}

function slowConsumer(store: Store, unread: readonly StatusEvent[]): Refusal {
  const first = unread[0]
  return new Refusal('SLOW_CONSUMER', 'Too many events waited to be read. Resume after the cursor.', {
    cursor: first ? feedCursorBefore(store, first) : '',
  })
}
