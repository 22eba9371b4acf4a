import type { Server, ServerId } from '../core/types.ts'
import { numbersIn } from './array-text.ts'
import { newestCursor } from './event-log.ts'
import { badCursor, decodePosition, encodePosition, type Page, type PageRequest, pageOf, pageWindow } from './page.ts'
import { Parameters, type ServerFilter, serverCondition } from './server-filter.ts'
import { SERVER_COLUMNS, SERVER_TABLES } from './server-row.ts'
import type { Store } from './store.ts'
import { inSnapshot, reachable } from './transaction.ts'

/** STATUS: OFFLINE first, then WARNING, then ONLINE, then those that wait or are suspended; the longest first. */
export type ServerOrder = 'ID' | 'NAME' | 'STATUS' | 'LAST_HEARTBEAT' | 'STATUS_SINCE'

const RANK = `case when s.status_reason in ('NEVER_SEEN', 'SUSPENDED') then 3
  when s.status = 'OFFLINE' then 0 when s.status = 'WARNING' then 1 else 2 end`

/** Sort keys: each ends with the id, so that a position is exact. Times compare as text-free numbers. */
const KEYS: Readonly<Record<ServerOrder, readonly string[]>> = {
  ID: ['s.id'],
  NAME: ['s.name', 's.id'],
  STATUS: [RANK, 's.status_since', 's.id'],
  LAST_HEARTBEAT: [`coalesce(h.last_heartbeat_at, 'epoch'::timestamptz)`, 's.id'],
  STATUS_SINCE: ['s.status_since', 's.id'],
}

const CASTS: Readonly<Record<ServerOrder, readonly string[]>> = {
  ID: ['int'],
  NAME: ['text', 'int'],
  STATUS: ['int', 'timestamptz', 'int'],
  LAST_HEARTBEAT: ['timestamptz', 'int'],
  STATUS_SINCE: ['timestamptz', 'int'],
}

export interface ServerPage extends Page<Server> {
  readonly totalCount: number
  /** The feed goes on from this list without a seam. */
  readonly feedCursor: string
}

function passOn(error: unknown): never {
  throw error
}

/** Values in a cursor that are none of their type (class 22: data exception). */
function forged(error: unknown): never {
  throw String((error as { code?: unknown }).code).startsWith('22') ? badCursor() : error
}

/** A page of servers, their number and the feed's cursor, all of one snapshot. @throws Refusal BAD_CURSOR */
export function listServers(
  store: Store,
  filter: ServerFilter,
  order: ServerOrder,
  request: PageRequest,
): Promise<ServerPage> {
  const window = pageWindow(request)
  const keys = KEYS[order]
  const direction = window.backwards ? 'desc' : 'asc'
  const parameters = new Parameters()
  let condition = serverCondition(filter, parameters)
  const counted = { condition, values: [...parameters.values] }
  if (window.after !== undefined) {
    const position = decodePosition(`servers.${order}`, window.after, keys.length)
    const values = position.map((part, i) => `${parameters.add(part)}::${CASTS[order][i]}`)
    condition += ` and (${keys.join(', ')}) ${window.backwards ? '<' : '>'} (${values.join(', ')})`
  }
  const text = `
    select ${SERVER_COLUMNS}, json_build_array(${keys.map((key) => `(${key})::text`).join(', ')}) as position
    from ${SERVER_TABLES} where ${condition}
    order by ${keys.map((key) => `${key} ${direction}`).join(', ')} limit ${window.size + 1}`

  return inSnapshot(store.pool, async (tx) => {
    const { rows } = await tx
      .query<Server & { position: string[] }>(text, parameters.values)
      .catch(window.after === undefined ? passOn : forged)
    const total = await tx.query(`select count(*)::int as n from server s where ${counted.condition}`, counted.values)
    const page = pageOf(
      rows,
      window,
      (row) => encodePosition(`servers.${order}`, row.position),
      ({ position: _, ...server }) => server as Server,
    )
    return { ...page, totalCount: total.rows[0].n, feedCursor: await newestCursor(store, tx) }
  })
}

/** The ids of all servers that pass, in ascending order. As one text, because there may be many. */
export async function findServerIds(store: Store, filter: ServerFilter): Promise<ServerId[]> {
  const parameters = new Parameters()
  const text = `select array_agg(s.id order by s.id)::text as ids from server s where ${serverCondition(filter, parameters)}`
  const { rows } = await reachable(() => store.pool.query<{ ids: string | null }>(text, parameters.values))
  return numbersIn(rows[0]?.ids ?? null) as ServerId[]
}
