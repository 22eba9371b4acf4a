import { addBeats, type HeardBeat, NO_RHYTHM, type Rhythm } from '../core/rhythm.ts'
import type { ObservationGap, ServerId } from '../core/types.ts'
import { ms, timestamp } from './instant.ts'
import { listObservationGaps } from './observation-gaps.ts'
import { packRhythm, type RhythmRow, unpackRhythm } from './rhythm-row.ts'
import type { Store } from './store.ts'
import { inTransaction, type Queryable, reachable } from './transaction.ts'

const COLUMNS = `${ms('r.since_at')} as "sinceAt", ${ms('r.through_at')} as "throughAt", r.recent, r.hours, r.agents, r.skew_ms as "skewMs"`

const ADD_ROWS = `
  insert into heartbeat_rhythm (server_id)
  select s.id from server s
  where s.id = any($1::int[]) and s.deleted_at is null
    and not exists (select from heartbeat_rhythm r where r.server_id = s.id)
  order by s.id
  on conflict do nothing`

/** Ascending, as every lock: hubs write the same servers' rows at their own times. */
const LOCK_ROWS = `
  select s.id, s.offline_after_seconds as "offlineAfterSeconds", ${COLUMNS}
  from heartbeat_rhythm r join server s on s.id = r.server_id
  where r.server_id = any($1::int[]) and s.deleted_at is null
  order by r.server_id for update of r`

const WRITE_ROWS = `
  update heartbeat_rhythm r
  set since_at = ${timestamp('n.since_at')}, through_at = ${timestamp('n.through_at')}, recent = n.recent,
    hours = n.hours, agents = n.agents, skew_ms = n.skew_ms
  from unnest($1::int[], $2::float8[], $3::float8[], $4::bytea[], $5::bytea[], $6::bytea[], $7::int[])
    as n (server_id, since_at, through_at, recent, hours, agents, skew_ms)
  where r.server_id = n.server_id`

interface LockedRow extends RhythmRow {
  readonly id: ServerId
  readonly offlineAfterSeconds: number
}

/** Adds heartbeats to what is kept of their servers' rhythm. Servers that were deleted meanwhile are left out. */
export async function writeRhythm(store: Store, beats: ReadonlyMap<ServerId, readonly HeardBeat[]>): Promise<void> {
  const ids = [...beats.keys()]
  const gaps = await gapsSince(store, beats)
  await inTransaction(store.pool, async (tx) => {
    const rows = await lockRows(tx, ids)
    const next = rows.map((row) => {
      const rule = { limitMs: row.offlineAfterSeconds * 1_000, gaps }
      return { id: row.id, ...packRhythm(addBeats(unpackRhythm(row), beats.get(row.id) ?? [], rule)) }
    })
    await tx.query({
      name: 'write-rhythm',
      text: WRITE_ROWS,
      values: [
        next.map((row) => row.id),
        next.map((row) => row.sinceAt),
        next.map((row) => row.throughAt),
        next.map((row) => row.recent),
        next.map((row) => row.hours),
        next.map((row) => row.agents),
        next.map((row) => row.skewMs),
      ],
    })
  })
}

/** What the database keeps of these servers' rhythm; what hubs still hold in memory is not in it. */
export async function readRhythms(store: Store, ids: readonly ServerId[]): Promise<Map<ServerId, Rhythm>> {
  const { rows } = await reachable(() =>
    store.pool.query<RhythmRow & { id: ServerId }>({
      name: 'read-rhythms',
      text: `select r.server_id as id, ${COLUMNS} from heartbeat_rhythm r where r.server_id = any($1::int[])`,
      values: [ids],
    }),
  )
  const found = new Map(rows.map((row) => [row.id, unpackRhythm(row)]))
  return new Map(ids.map((id) => [id, found.get(id) ?? NO_RHYTHM]))
}

async function lockRows(tx: Queryable, ids: readonly ServerId[]): Promise<LockedRow[]> {
  const lock = () => tx.query<LockedRow>({ name: 'lock-rhythm', text: LOCK_ROWS, values: [ids] })
  const { rows } = await lock()
  if (rows.length === ids.length) return rows
  await tx.query({ name: 'add-rhythm', text: ADD_ROWS, values: [ids] })
  return (await lock()).rows
}

/** Gaps that may lie between these heartbeats. */
function gapsSince(store: Store, beats: ReadonlyMap<ServerId, readonly HeardBeat[]>): Promise<ObservationGap[]> {
  let from = Infinity
  for (const ofServer of beats.values()) {
    for (const { previousAt, at } of ofServer) from = Math.min(from, previousAt ?? at)
  }
  return from === Infinity ? Promise.resolve([]) : listObservationGaps(store, from, null)
}
