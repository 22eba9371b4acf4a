import { badCursor } from './page.ts'
import type { Store } from './store.ts'

/** A cursor of the feed: its epoch and the id of the last event that was seen. The same for feed and list. */
export function feedCursor(store: Store, eventId: number): string {
  return Buffer.from(`${store.feedEpoch}.${eventId}`).toString('base64url')
}

/**
 * The event id in a cursor.
 *
 * @throws Refusal BAD_CURSOR for a cursor of another feed. Whether the id was ever given out is the reader's to check.
 */
export function parseFeedCursor(store: Store, cursor: string): number {
  const [epoch, id = ''] = Buffer.from(cursor, 'base64url').toString('latin1').split('.')
  if (epoch !== store.feedEpoch || !/^\d{1,15}$/.test(id)) throw badCursor()
  return Number(id)
}
