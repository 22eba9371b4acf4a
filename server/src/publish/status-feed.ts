import type { StatusEvent } from '../core/types.ts'
import { Refusal } from '../errors.ts'
import { newestEventId, readEvents, resumePoint, type StatusEventFilter } from '../store/event-log.ts'
import { feedCursor } from '../store/feed-cursor.ts'
import type { Store } from '../store/store.ts'
import { reachable } from '../store/transaction.ts'
import { Broadcast, MAX_QUEUED, type Queue } from './broadcast.ts'

const REPLAY_PAGE = 500

/** What the feed needs of the tail: how far it has come. */
export interface Position {
  readonly position: number
}

/**
 * The feed of status changes: first the events after a cursor from the table, then live ones, with nothing lost,
 * doubled or out of order across the seam.
 */
export class StatusFeed {
  readonly #live: Broadcast<StatusEvent>

  constructor(
    readonly store: Store,
    readonly tail: Position,
    maxQueued = MAX_QUEUED,
  ) {
    this.#live = new Broadcast((unread) => slowConsumer(store, unread), maxQueued)
  }

  /** Hands live events to all who listen; called with every event once, in order. */
  publish(events: readonly StatusEvent[]): void {
    for (const event of events) this.#live.publish(event)
  }

  /**
   * Begins after the cursor, or with the next event where there is none.
   *
   * The iteration ends with Refusal SLOW_CONSUMER, which carries the cursor to resume from, when too many events wait.
   *
   * @throws Refusal BAD_CURSOR or CURSOR_EXPIRED
   */
  async events(filter: StatusEventFilter, after: string | null): Promise<AsyncGenerator<StatusEvent>> {
    const from = await (after === null ? this.#now() : resumePoint(this.store, after))
    // Registered before the table is read: an event is in the table up to `seam`, or in the queue, never in neither.
    const seam = this.tail.position
    const live = this.#live.subscribe((event) => passes(event, filter))
    const events = this.#deliver(live, filter, from, seam)
    // A generator that waits for the next event, or was never started, would not hear that its reader has gone.
    const finish = events.return.bind(events)
    events.return = async (value) => {
      await live.return()
      return finish(value)
    }
    return events
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

  async *#deliver(
    live: Queue<StatusEvent>,
    filter: StatusEventFilter,
    from: number,
    seam: number,
  ): AsyncGenerator<StatusEvent> {
    try {
      let last = from
      while (last < seam) {
        const page = await readEvents(this.store, filter, { after: last, through: seam, limit: REPLAY_PAGE })
        for (const event of page) yield event
        last = page.length < REPLAY_PAGE ? seam : (page.at(-1) as StatusEvent).id
      }
      // Another hub may have been ahead of this one when it gave the cursor out.
      for await (const event of live) if (event.id > last) yield event
    } finally {
      live.return()
    }
  }
}

/** Whether a subscriber with this filter is told of the event. */
export function passes(event: StatusEvent, { serverIds, tags, to, reasons }: StatusEventFilter): boolean {
  if (serverIds && !serverIds.includes(event.server.id)) return false
  if (to && !to.includes(event.to)) return false
  if (reasons && !reasons.includes(event.reason)) return false
  return !tags || tags.every((tag) => event.server.tags.includes(tag))
}

function slowConsumer(store: Store, unread: readonly StatusEvent[]): Refusal {
  const first = unread[0]
  return new Refusal('SLOW_CONSUMER', 'Too many events waited to be read. Resume after the cursor.', {
    cursor: first ? feedCursor(store, first.id - 1) : '',
  })
}
