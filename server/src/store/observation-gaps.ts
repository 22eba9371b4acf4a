import type { Instant, ObservationGap } from '../core/types.ts'
import { ObservationGapEntity } from './entities/observation.entity.ts'
import type { Store } from './store.ts'
import { reachable } from './transaction.ts'

const MAX_GAPS = 10_000

/** The gaps that touch the range, oldest first; the newest 10,000 of them where there are more. */
export async function listObservationGaps(
  store: Store,
  from: Instant | null,
  until: Instant | null,
): Promise<ObservationGap[]> {
  const where = {
    ...(from === null ? {} : { until: { $gt: from } }),
    ...(until === null ? {} : { from: { $lt: until } }),
  }
  const gaps = await reachable(() =>
    store.em().find(ObservationGapEntity, where, { orderBy: { id: 'desc' }, limit: MAX_GAPS }),
  )
  return gaps.map(({ id, from, until, cause }) => ({ id, from, until, cause })).reverse()
}
