import { evaluateStatus } from '../core/status.ts'
import type {
  Gap,
  Instant,
  ServerId,
  ServerStatus,
  StatusAndReason,
  StatusFacts,
  StatusReason,
  Verdict,
} from '../core/types.ts'
import { numbersIn, textArray, wordsIn } from './array-text.ts'
import { instantOf } from './instant.ts'
import type { Store } from './store.ts'
import { type Queryable, reachable } from './transaction.ts'

/** A hole between two stamps of more than this is a gap in observation. */
export const BLIND_AFTER_MS = 1_000

/** The facts of one server beside what is stored of its status. */
export interface ServerFacts extends StatusFacts {
  readonly id: ServerId
  readonly stored: StatusAndReason & { readonly since: Instant }
}

/** Facts of several servers, all read at one instant. */
export interface Facts {
  readonly now: Instant
  /** No hub has proved for more than a second that it could hear: silence up to `now` proves nothing. */
  readonly blind: boolean
  readonly servers: readonly ServerFacts[]
}

/**
 * One statement, and one row: the time at which they are judged is that of the snapshot in which they are read. Columns as
 * arrays, because a storm asks for thousands of servers: as rows, or as JSON, each would cost several times as much.
 */
const FACTS = `
  with asked as materialized (
    select s.id, s.suspended, s.offline_after_seconds, s.status, s.status_reason, s.status_since, h.last_heartbeat_at,
      (select count(*) from alert a where a.server_id = s.id and a.resolved_at is null) as alerts,
      (select count(*) from anomaly a where a.server_id = s.id and a.resolved_at is null) as anomalies
    from server s join server_heartbeat h on h.server_id = s.id
    where s.id = any($1::int[]) and s.deleted_at is null
    order by s.id
  )
  select date_part('epoch', statement_timestamp())::text as now, date_part('epoch', o.stamped_at)::text as stamped, servers.*,
    (select array_agg(date_part('epoch', g.from_at)) || array_agg(date_part('epoch', g.until_at))
     from observation_gap g where g.until_at > (select min(last_heartbeat_at) from asked))::text as gaps
  from observation_stamp o cross join (
    select array_agg(id)::text as ids, array_agg(suspended::int)::text as suspended, array_agg(offline_after_seconds)::text as limits,
      array_agg(status)::text as statuses, array_agg(status_reason)::text as reasons,
      array_agg(date_part('epoch', status_since))::text as since,
      array_agg(date_part('epoch', last_heartbeat_at))::text as heard,
      array_agg(alerts)::text as alerts, array_agg(anomalies)::text as anomalies
    from asked
  ) servers`

/**
 * Reads what the status of these servers depends on. Unknown and deleted servers are left out.
 *
 * The hole since the newest stamp is not recorded as a gap yet, but it is one already, so it is among the facts' gaps.
 */
export async function readFacts(tx: Queryable, ids: readonly ServerId[]): Promise<Facts> {
  const { rows } = await tx.query<FactsRow>({ name: 'facts', text: FACTS, values: [textArray(ids, (id) => id)] })
  const row = rows[0] as FactsRow
  const now = instantOf(Number(row.now))
  const stampedAt = row.stamped === null ? null : instantOf(Number(row.stamped))
  const blind = stampedAt !== null && now - stampedAt > BLIND_AFTER_MS
  const gaps = gapsIn(row.gaps)
  if (blind) gaps.push({ from: stampedAt, until: now })

  return { now, blind, servers: serversIn(row, gaps) }
}

/** The proof of each server's status at this moment, by the database's clock. */
export async function readVerdicts(store: Store, ids: readonly ServerId[]): Promise<Map<ServerId, Verdict>> {
  const { now, servers } = await reachable(() => readFacts(store.pool, ids))
  return new Map(servers.map((facts) => [facts.id, evaluateStatus(facts, now)]))
}

/** Numbers and arrays as PostgreSQL spells them; null for an array of nothing. */
type FactsRow = Readonly<Record<'now', string>> & Readonly<Record<FactsColumn, string | null>>
type FactsColumn =
  | 'stamped'
  | 'ids'
  | 'suspended'
  | 'limits'
  | 'statuses'
  | 'reasons'
  | 'since'
  | 'heard'
  | 'alerts'
  | 'anomalies'
  | 'gaps'

function gapsIn(text: string | null): Gap[] {
  const ends = numbersIn(text) as number[]
  const count = ends.length / 2
  return ends.slice(0, count).map((from, i) => ({ from: instantOf(from), until: instantOf(ends[count + i] as number) }))
}

function serversIn(row: FactsRow, gaps: readonly Gap[]): ServerFacts[] {
  const [suspended, limits, since] = [numbersIn(row.suspended), numbersIn(row.limits), numbersIn(row.since)]
  const [heard, alerts, anomalies] = [numbersIn(row.heard), numbersIn(row.alerts), numbersIn(row.anomalies)]
  const [statuses, reasons] = [wordsIn(row.statuses), wordsIn(row.reasons)]
  return numbersIn(row.ids).map((id, i) => {
    const lastHeartbeatAt = heard[i] == null ? null : instantOf(heard[i])
    return {
      id: id as ServerId,
      suspended: suspended[i] === 1,
      offlineAfterSeconds: limits[i] as number,
      stored: {
        status: statuses[i] as ServerStatus,
        reason: reasons[i] as StatusReason,
        since: instantOf(since[i] as number),
      },
      lastHeartbeatAt,
      activeAlerts: alerts[i] as number,
      activeAnomalies: anomalies[i] as number,
      gaps: lastHeartbeatAt === null ? [] : gaps.filter((gap) => gap.until > lastHeartbeatAt),
    }
  })
}
