import type { Instant, StatusEvent } from '../core/types.ts'
import { badCursor } from './page.ts'
import type { Store } from './store.ts'

/** Where an event stands in the feed, and what tells it from another event that was given the same id elsewhere. */
export type FeedEvent = Pick<StatusEvent, 'id' | 'detectedAt'>

/** A place in the feed, as a cursor holds it. */
export interface FeedPlace {
  /** The id of the last event that was seen, 0 before the first. */
  readonly id: number
  /**
   * The event that the place was named after, that one or the next, and its mark. A database that was copied or restored
   * gives ids out a second time, for other events; no epoch can tell where files were copied.
   */
  readonly named: { readonly id: number; readonly mark: string } | null
}

/** A cursor of the feed: its epoch and the last event that was seen. The same for feed and list. */
export function feedCursor(store: Store, event: FeedEvent): string {
  return encode(store, String(event.id), markOf(event.detectedAt))
}

/** The cursor of whoever has seen everything before this event. */
export function feedCursorBefore(store: Store, event: FeedEvent): string {
  return encode(store, `<${event.id}`, markOf(event.detectedAt))
}

/** The cursor of a feed of which no event is kept. */
export function feedCursorOfNone(store: Store, id: number): string {
  return encode(store, String(id), '')
}

/**
 * The place that a cursor names.
 *
 * @throws Refusal BAD_CURSOR for a cursor of another feed. Whether it was ever given out is the reader's to check.
 */
export function parseFeedCursor(store: Store, cursor: string): FeedPlace {
  const text = Buffer.from(cursor, 'base64url').toString('latin1')
  const [, epoch, before, id, mark] = /^([^.]*)\.(<?)(\d{1,15})\.([\da-z]{0,16})$/.exec(text) ?? []
  if (epoch !== store.feedEpoch || mark === undefined) throw badCursor()
  return {
    id: Number(id) - (before ? 1 : 0),
    named: mark === '' ? null : { id: Number(id), mark },
  }
}

/** The moment at which the event was written, to the microsecond. */
export function markOf(detectedAt: Instant): string {
  return Math.round(detectedAt * 1_000).toString(36)
}

function encode(store: Store, place: string, mark: string): string {
  return Buffer.from(`${store.feedEpoch}.${place}.${mark}`).toString('base64url')
}
