import { type Availability, availabilityOf } from '../core/availability.ts'
import type { Instant, ServerId } from '../core/types.ts'
import type { Store } from './store.ts'
import { readGaps, readTimelines } from './timelines.ts'

/** Availability of each of these servers over one range of time; the number of statements does not depend on theirs. */
export async function readAvailability(
  store: Store,
  ids: readonly ServerId[],
  from: Instant,
  to: Instant,
): Promise<Map<ServerId, Availability>> {
  const [timelines, gaps] = await Promise.all([readTimelines(store, ids, from, to), readGaps(store, from, to)])
  return new Map(
    [...timelines].map(([id, { statuses, until }]) => [
      id,
      availabilityOf([...statuses, { at: until, status: 'OFFLINE', reason: 'SUSPENDED' }], gaps, from, to),
    ]),
  )
}
