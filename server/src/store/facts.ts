import { evaluateStatus } from '../core/status.ts'
import type { Gap, Instant, ServerId, StatusAndReason, StatusFacts, Verdict } from '../core/types.ts'
import { ms } from './instant.ts'
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

/** One statement, and one row: the time at which they are judged is that of the snapshot in which they are read. */
const FACTS = `
  with asked as materialized (
    select s.id, s.suspended, s.offline_after_seconds, s.status, s.status_reason, s.status_since, h.last_heartbeat_at
    from server s join server_heartbeat h on h.server_id = s.id
    where s.id = any($1::int[]) and s.deleted_at is null
  )
  select ${ms('statement_timestamp()')} as now, ${ms('o.stamped_at')} as "stampedAt",
    (select coalesce(json_agg(json_build_object(
       'id', id, 'suspended', suspended, 'offlineAfterSeconds', offline_after_seconds,
       'status', status, 'reason', status_reason, 'since', ${ms('status_since')},
       'lastHeartbeatAt', ${ms('last_heartbeat_at')},
       'activeAlerts', (select count(*) from alert a where a.server_id = asked.id and a.resolved_at is null),
       'activeAnomalies', (select count(*) from anomaly a where a.server_id = asked.id and a.resolved_at is null)
     ) order by id), '[]') from asked) as servers,
    (select coalesce(json_agg(json_build_array(${ms('g.from_at')}, ${ms('g.until_at')})), '[]')
     from observation_gap g where g.until_at > (select min(last_heartbeat_at) from asked)) as gaps
  from observation_stamp o`

/**
 * Reads what the status of these servers depends on. Unknown and deleted servers are left out.
 *
 * The hole since the newest stamp is not recorded as a gap yet, but it is one already, so it is among the facts' gaps.
 */
export async function readFacts(tx: Queryable, ids: readonly ServerId[]): Promise<Facts> {
  const { rows } = await tx.query<FactsRow>({ name: 'facts', text: FACTS, values: [ids] })
  const { now, stampedAt, servers, gaps } = rows[0] as FactsRow
  const blind = stampedAt !== null && now - stampedAt > BLIND_AFTER_MS
  const known: Gap[] = gaps.map(([from, until]) => ({ from, until }))
  if (blind) known.push({ from: stampedAt, until: now })

  return { now, blind, servers: servers.map((server) => serverFacts(server, known)) }
}

/** The proof of each server's status at this moment, by the database's clock. */
export async function readVerdicts(store: Store, ids: readonly ServerId[]): Promise<Map<ServerId, Verdict>> {
  const { now, servers } = await reachable(() => readFacts(store.pool, ids))
  return new Map(servers.map((facts) => [facts.id, evaluateStatus(facts, now)]))
}

interface FactsRow {
  readonly now: Instant
  readonly stampedAt: Instant | null
  readonly servers: readonly ServerRow[]
  readonly gaps: readonly [Instant, Instant][]
}

interface ServerRow extends Omit<StatusFacts, 'gaps'>, StatusAndReason {
  readonly id: ServerId
  readonly since: Instant
}

function serverFacts(row: ServerRow, gaps: readonly Gap[]): ServerFacts {
  const { status, reason, since, ...facts } = row
  const { lastHeartbeatAt } = facts
  return {
    ...facts,
    stored: { status, reason, since },
    gaps: lastHeartbeatAt === null ? [] : gaps.filter((gap) => gap.until > lastHeartbeatAt),
  }
}
