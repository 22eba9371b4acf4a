import type {
  FarewellReason,
  Instant,
  ObservationGap,
  Server,
  ServerId,
  ServerStatus,
  StatusEvent,
  StatusReason,
} from '../core/types.ts'
import { Refusal } from '../errors.ts'
import { type FeedEvent, feedCursor, feedCursorOfNone, markOf, parseFeedCursor } from './feed-cursor.ts'
import { ms, timestamp } from './instant.ts'
import { badCursor, type Page, type PageRequest, pageOf, pageWindow } from './page.ts'
import { Parameters } from './server-filter.ts'
import { SERVER_COLUMNS } from './server-row.ts'
import type { Store } from './store.ts'
import { type Queryable, reachable } from './transaction.ts'

export interface StatusEventFilter {
  readonly serverIds?: readonly ServerId[] | undefined
  /** Events of servers that have all of these tags now. */
  readonly tags?: readonly string[] | undefined
  readonly to?: readonly ServerStatus[] | undefined
  readonly reasons?: readonly StatusReason[] | undefined
  /** Of this instant or later, by `at`. */
  readonly since?: Instant | undefined
  /** Of before this instant. */
  readonly until?: Instant | undefined
}

/** The cursor from which the feed goes on with the next event; by the snapshot of the statement. */
export async function newestCursor(store: Store, tx: Queryable): Promise<string> {
  const { rows } = await tx.query<FeedEvent>(
    `select id, ${ms('detected_at')} as "detectedAt" from status_event order by id desc limit 1`,
  )
  return rows[0] ? feedCursor(store, rows[0]) : feedCursorOfNone(store, await newestEventId(tx))
}

/** The id of the newest event, 0 before the first; by the snapshot of the statement. */
export async function newestEventId(tx: Queryable): Promise<number> {
  const { rows } = await tx.query<{ id: number }>(
    'select greatest(coalesce((select max(id) from status_event), 0), pruned_through) as id from status_feed',
  )
  return rows[0]?.id ?? 0
}

/** Events by id, oldest first. @throws Refusal BAD_CURSOR or CURSOR_EXPIRED */
export async function listStatusEvents(
  store: Store,
  filter: StatusEventFilter,
  request: PageRequest,
): Promise<Page<StatusEvent>> {
  const window = pageWindow(request)
  const position = window.after === undefined ? undefined : await positionOf(store, window.after, window.backwards)
  const rows = await readEvents(store, filter, {
    after: window.backwards ? undefined : position,
    before: window.backwards ? position : undefined,
    complete: !window.backwards && position !== undefined,
    limit: window.size + 1,
    backwards: window.backwards,
  })
  return pageOf(
    rows,
    window,
    (event) => feedCursor(store, event),
    (event) => event,
  )
}

/** The event that was given this cursor; undefined where it is no longer kept. @throws Refusal BAD_CURSOR */
export async function findStatusEvent(store: Store, cursor: string): Promise<StatusEvent | undefined> {
  const { id, named } = parseFeedCursor(store, cursor)
  const [event] = await readEvents(store, {}, { before: id + 1, limit: 1, backwards: true })
  if (event?.id !== id) return undefined
  if (named && named.id === id && named.mark !== markOf(event.detectedAt)) throw badCursor()
  return event
}

/**
 * The id after which a cursor's holder goes on.
 *
 * @throws Refusal BAD_CURSOR for one that we never gave out, CURSOR_EXPIRED where events after it are gone.
 */
export function resumePoint(store: Store, cursor: string): Promise<number> {
  return positionOf(store, cursor, false)
}

/** As `resumePoint`; whoever reads backwards from events that are gone has come to the end, and that is no mistake. */
async function positionOf(store: Store, cursor: string, backwards: boolean): Promise<number> {
  const { id, named } = parseFeedCursor(store, cursor)
  const { rows } = await reachable(() =>
    store.pool.query<{ pruned: number; newest: number; at: Instant | null }>(
      `select pruned_through as pruned, greatest(coalesce((select max(id) from status_event), 0), pruned_through) as newest,
         (select ${ms('detected_at')} from status_event where id = $1) as at
       from status_feed`,
      [named?.id ?? id],
    ),
  )
  const { pruned = 0, newest = 0, at = null } = rows[0] ?? {}
  if (id > newest) throw badCursor()
  if (id < pruned && !backwards) throw expired()
  const isNamed = at === null ? id <= pruned : named !== null && markOf(at) === named.mark
  if (!isNamed) throw badCursor()
  return id
}

function expired(): Refusal {
  return new Refusal('CURSOR_EXPIRED', 'Events after this cursor are no longer kept. Begin with a new snapshot.')
}

export interface EventRange {
  /** Only events with a greater id. */
  readonly after?: number | undefined
  /** All of those are wanted: that some are no longer kept is refused. */
  readonly complete?: boolean
  /** Only events with a smaller id. */
  readonly before?: number | undefined
  /** Only events up to this id. */
  readonly through?: number | undefined
  readonly limit: number
  readonly backwards?: boolean
}

/**
 * Reads events with their servers, in one statement, which also sees whether any after the range's beginning are gone.
 *
 * @param asked `tail` by the hub itself, again and again with the same filter and limit: planned once a connection, and waiting
 *   for nobody
 * @throws Refusal CURSOR_EXPIRED where all of them are wanted: they were deleted between two pages, or since the cursor was
 *   looked at
 */
export async function readEvents(
  store: Store,
  filter: StatusEventFilter,
  range: EventRange,
  asked?: 'tail',
): Promise<StatusEvent[]> {
  const parameters = new Parameters()
  const conditions = ['true']
  if (range.after !== undefined) conditions.push(`e.id > ${parameters.add(range.after)}`)
  if (range.before !== undefined) conditions.push(`e.id < ${parameters.add(range.before)}`)
  if (range.through !== undefined) conditions.push(`e.id <= ${parameters.add(range.through)}`)
  if (filter.serverIds) conditions.push(`e.server_id = any(${parameters.add(filter.serverIds)}::int[])`)
  if (filter.tags) conditions.push(`s.tags @> ${parameters.add(filter.tags)}::text[]`)
  if (filter.to) conditions.push(`e.to_status = any(${parameters.add(filter.to)}::text[])`)
  if (filter.reasons) conditions.push(`e.reason = any(${parameters.add(filter.reasons)}::text[])`)
  if (filter.since !== undefined) conditions.push(`e.at >= ${timestamp(parameters.add(filter.since))}`)
  if (filter.until !== undefined) conditions.push(`e.at < ${timestamp(parameters.add(filter.until))}`)

  const direction = range.backwards ? 'desc' : 'asc'
  // Which events, and then what belongs to each, by its key: no plan may read all servers for the few that changed.
  const text = `
    with page as materialized (
      select e.* from status_event e ${filter.tags ? 'join server s on s.id = e.server_id' : ''}
      where ${conditions.join(' and ')}
      order by e.id ${direction} limit ${range.limit}
    )
    select told.*, f.pruned_through from status_feed f left join (
      select ${EVENT_COLUMNS}, ${SERVER_COLUMNS}
      from page e cross join lateral (select * from server where id = e.server_id offset 0) s
        left join lateral (select * from server_heartbeat where server_id = e.server_id offset 0) h on true
        left join lateral (select * from observation_gap where id = e.gap_id offset 0) g on true
    ) told on true
    order by told.event_id ${direction}`
  const [pool, name] = asked ? [store.watch, { name: 'event-tail' }] : [store.pool, {}]
  const { rows } = await reachable(() =>
    pool.query<EventRow | NoEventRow>({ ...name, text, values: parameters.values }),
  )
  if (range.complete && (range.after ?? 0) < (rows[0]?.pruned_through ?? 0)) throw expired()
  return rows.filter((row) => row.event_id !== null).map(eventOf)
}

const EVENT_COLUMNS = `
  e.id as event_id, e.from_status, e.from_reason, e.to_status, e.reason as event_reason, ${ms('e.at')} as event_at,
  ${ms('e.detected_at')} as detected_at, ${ms('e.last_heartbeat_at')} as event_heartbeat_at,
  e.farewell_reason, ${ms('e.farewell_at')} as farewell_at, ${ms('e.farewell_back_at')} as farewell_back_at,
  e.gap_id, ${ms('g.from_at')} as gap_from, ${ms('g.until_at')} as gap_until, g.cause as gap_cause`

interface EventRow extends Server {
  readonly pruned_through: number
  readonly event_id: number
  readonly from_status: ServerStatus | null
  readonly from_reason: StatusReason | null
  readonly to_status: ServerStatus
  readonly event_reason: StatusReason
  readonly event_at: Instant
  readonly detected_at: Instant
  readonly event_heartbeat_at: Instant | null
  readonly farewell_reason: FarewellReason | null
  readonly farewell_at: Instant
  readonly farewell_back_at: Instant | null
  readonly gap_id: number | null
  readonly gap_from: Instant
  readonly gap_until: Instant
  readonly gap_cause: ObservationGap['cause']
}

interface NoEventRow {
  readonly pruned_through: number
  readonly event_id: null
}

function eventOf(row: EventRow): StatusEvent {
  const { pruned_through: _, event_id, from_status, from_reason, to_status, event_reason, ...all } = row
  const { event_at, detected_at, ...rest } = all
  const { event_heartbeat_at, gap_id, gap_from, gap_until, gap_cause, ...others } = rest
  const { farewell_reason, farewell_at, farewell_back_at, ...server } = others
  return {
    id: event_id,
    server,
    from: from_status,
    fromReason: from_reason,
    to: to_status,
    reason: event_reason,
    at: event_at,
    detectedAt: detected_at,
    lastHeartbeatAt: event_heartbeat_at,
    gap: gap_id === null ? null : { id: gap_id, from: gap_from, until: gap_until, cause: gap_cause },
    farewell:
      farewell_reason === null ? null : { reason: farewell_reason, at: farewell_at, expectedBackAt: farewell_back_at },
  }
}
