import type { RollupColumns, TimedSample } from '../core/buckets.ts'
import type { Resolution } from '../core/series.ts'
import type { Instant, ServerId } from '../core/types.ts'
import { ms } from './instant.ts'
import { unpackHour, unpackRollups, unpackSamples } from './metric-block.ts'
import type { Queryable } from './transaction.ts'

export const HOUR_MS = 3_600_000
export const DAY_MS = 86_400_000

/** A table of blocks. A row is one server's figures over `rowMs`, and begins at a multiple of it, in UTC. */
export interface Tier {
  readonly table: string
  readonly rowMs: number
}

export const TIERS: Readonly<Record<Resolution, Tier>> = {
  RAW: { table: 'metric_raw', rowMs: HOUR_MS },
  FIVE_MINUTES: { table: 'metric_five_minutes', rowMs: HOUR_MS },
  /** A day in a row: a chart of a year reads 365 rows, wherever on the disk they are. */
  HOUR: { table: 'metric_hours', rowMs: DAY_MS },
}

/** Hours that are not in their day's row yet. What is here of an hour counts, and not what the day's row says of it. */
export const OPEN_HOURS: Tier = { table: 'metric_open_hours', rowMs: HOUR_MS }

export interface BlockRow {
  readonly serverId: ServerId
  /** Where the row's time begins. */
  readonly at: Instant
  readonly samples: number
  readonly block: Buffer
}

/** Of these rows, those that there are. */
export async function readBlocks(
  tx: Queryable,
  { table }: Tier,
  keys: readonly Pick<BlockRow, 'serverId' | 'at'>[],
): Promise<BlockRow[]> {
  const { rows } = await tx.query<BlockRow>({
    name: `read-${table}`,
    text: `select t.server_id as "serverId", ${ms('t.at')} as at, t.samples, t.block
      from unnest($1::int[], $2::timestamptz[]) as k (server_id, at) join ${table} t using (server_id, at)`,
    values: [keys.map((key) => key.serverId), keys.map((key) => iso(key.at))],
  })
  return rows
}

/** Replaces rows. The blocks go as one value: a list of them would be spelled out in text. */
export async function writeBlocks(tx: Queryable, { table }: Tier, rows: readonly BlockRow[]): Promise<void> {
  let end = 0
  const ends = rows.map((row) => (end += row.block.length))
  await tx.query({
    name: `write-${table}`,
    text: `insert into ${table} (server_id, at, samples, block)
      select server_id, at, samples, substring($6::bytea from block_end - length + 1 for length)
      from unnest($1::int[], $2::timestamptz[], $3::int[], $4::int[], $5::int[]) as r (server_id, at, samples, block_end, length)
      on conflict (server_id, at) do update set samples = excluded.samples, block = excluded.block`,
    values: [
      rows.map((row) => row.serverId),
      rows.map((row) => iso(row.at)),
      rows.map((row) => row.samples),
      ends,
      rows.map((row) => row.block.length),
      Buffer.concat(rows.map((row) => row.block)),
    ],
  })
}

/** One server's rows that touch the range, oldest first. Instants as text, so that the planner sees which partitions. */
export async function readRange(
  tx: Queryable,
  { table, rowMs }: Tier,
  serverId: ServerId,
  from: Instant,
  to: Instant,
): Promise<BlockRow[]> {
  const { rows } = await tx.query<BlockRow>(
    `select server_id as "serverId", ${ms('at')} as at, samples, block from ${table}
     where server_id = $1 and at >= $2::timestamptz and at < $3::timestamptz order by at`,
    [serverId, iso(Math.floor(from / rowMs) * rowMs), iso(to)],
  )
  return rows
}

export function samplesIn(row: BlockRow): TimedSample[] {
  return unpackSamples(row.block, row.at)
}

export function rollupsIn(row: BlockRow): RollupColumns {
  return unpackRollups(row.block, row.at)
}

/** Of `OPEN_HOURS`. */
export function hourIn(row: BlockRow): RollupColumns {
  return unpackHour(row.block, row.at)
}

/** For times that are kept to the millisecond: whole hours and days, and the ends of ranges. */
export function iso(at: Instant): string {
  return new Date(Math.ceil(at)).toISOString()
}
