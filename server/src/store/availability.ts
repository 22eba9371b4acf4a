import { type Availability, availabilityOf, type StatusFrom } from '../core/availability.ts'
import type { Gap, Instant, ServerId } from '../core/types.ts'
import { ms, timestamp } from './instant.ts'
import type { Store } from './store.ts'
import { reachable } from './transaction.ts'

const STATUSES = `
  select e.server_id as "serverId", e.to_status as status, e.reason, ${ms('e.at')} as at
  from unnest($1::int[]) as wanted (id) cross join lateral (
    (select * from status_event where server_id = wanted.id and at <= ${timestamp('$2')} order by id desc limit 1)
    union all
    (select * from status_event where server_id = wanted.id and at > ${timestamp('$2')} and at < ${timestamp('$3')})
  ) e
  order by e.server_id, e.id`

/** Availability of each of these servers over one range of time, in two statements. */
export async function readAvailability(
  store: Store,
  ids: readonly ServerId[],
  from: Instant,
  to: Instant,
): Promise<Map<ServerId, Availability>> {
  const [statuses, gaps] = await reachable(() =>
    Promise.all([
      store.pool.query<StatusFrom & { readonly serverId: ServerId }>(STATUSES, [ids, from, to]),
      store.pool.query<Gap>(
        `select ${ms('from_at')} as "from", ${ms('until_at')} as "until" from observation_gap
         where until_at > ${timestamp('$1')} and from_at < ${timestamp('$2')}`,
        [from, to],
      ),
    ]),
  )
  const byServer = Map.groupBy(statuses.rows, (row) => row.serverId)
  return new Map(ids.map((id) => [id, availabilityOf(byServer.get(id) ?? [], gaps.rows, from, to)]))
}
