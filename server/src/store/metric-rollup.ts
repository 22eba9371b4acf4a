import type { RollupColumns, TimedSample } from '../core/buckets.ts'
import { rollUpHour, withHour } from '../core/roll-up.ts'
import type { Instant, ServerId } from '../core/types.ts'
import { ms } from './instant.ts'
import { packRollups, packSamples } from './metric-block.ts'
import { SAMPLE_COLUMNS, type StoredSample } from './metric-samples.ts'
import {
  type BlockRow,
  DAY_MS,
  HOUR_MS,
  iso,
  readBlocks,
  rollupsIn,
  samplesIn,
  TIERS,
  writeBlocks,
} from './metric-tiers.ts'
import type { Store } from './store.ts'
import { inTransaction, type Queryable } from './transaction.ts'

/** Any number that no other program uses as an advisory lock: 'ssru' in ASCII. */
const ROLLUP_LOCK = 0x73737275

/** An hour is rolled up when it is over for so long: most late samples are there by then. */
const ROLLUP_GRACE_MS = 300_000

/** About so many samples are rolled up in one step: a fraction of a second. */
const STEP_SAMPLES = 2_000

/** Nobody waits for what a step has locked, so one on a slow machine may take its time between two statements. */
const MAX_IDLE_MS = 10_000

export interface RollUpStep {
  readonly from?: ServerId
  readonly graceMs?: number
  readonly stepSamples?: number
}

export interface RolledUp {
  /** How many hours of servers were made; 0 where nothing is to do from there on, or another hub does it. */
  readonly hours: number
  /** Where the next step goes on. */
  readonly last: ServerId
}

/** One server's hour. */
interface ServerHour {
  readonly serverId: ServerId
  readonly hour: Instant
}

/** A step that came to nothing, and whose hours it was at. */
export class RollUpError extends Error {
  override readonly name = 'RollUpError'
  /** Of the hours' servers, the highest. */
  readonly last: ServerId
  readonly hours: number

  constructor(hours: readonly ServerHour[], cause: unknown) {
    const servers = [...new Set(hours.map((it) => it.serverId))]
    const first = iso(Math.min(...hours.map((it) => it.hour)))
    super(`${hours.length} hours from ${first} on were not rolled up, of these servers: ${servers.join(', ')}`, {
      cause,
    })
    this.last = Math.max(...servers)
    this.hours = hours.length
  }
}

/**
 * Rolls some of the hours that are over up, in one transaction: their samples leave `metric_sample`, and are found packed
 * and rolled up from then on. So a sample is in one of the two places at any moment, and counts once; and what is left in
 * `metric_sample` of hours that are over is what is still to do, late samples included: their hours are made again.
 *
 * @param from the lowest server that is looked at; what other steps took out before it is not searched again.
 * @throws RollUpError where it failed once it knew which hours are to do
 */
export async function rollUpSome(
  store: Store,
  { from = 0, graceMs = ROLLUP_GRACE_MS, stepSamples = STEP_SAMPLES }: RollUpStep = {},
): Promise<RolledUp> {
  let hours: ServerHour[] = []
  const step = async (tx: Queryable): Promise<RolledUp> => {
    hours = []
    const { rows } = await tx.query<{ won: boolean }>(
      `select pg_try_advisory_xact_lock($1) as won,
         set_config('idle_in_transaction_session_timeout', '${MAX_IDLE_MS}', true)`,
      [ROLLUP_LOCK],
    )
    if (rows[0]?.won) hours = await findHours(tx, from, graceMs, stepSamples)
    if (hours.length > 0) await write(tx, hours, await takeSamples(tx, hours))
    return { hours: hours.length, last: Math.max(from, ...hours.map((it) => it.serverId)) }
  }
  try {
    return await inTransaction(store.pool, step)
  } catch (error) {
    throw hours.length > 0 ? new RollUpError(hours, error) : error
  }
}

/** Hours that are over and have samples, some of the servers' with the lowest ids. */
async function findHours(tx: Queryable, from: ServerId, graceMs: number, stepSamples: number): Promise<ServerHour[]> {
  const { rows } = await tx.query<ServerHour>({
    name: 'hours-to-roll-up',
    text: `select distinct server_id as "serverId", ${ms("date_trunc('hour', at)")} as hour
      from (
        select server_id, at from metric_sample
        where server_id >= $1 and at < date_trunc('hour', statement_timestamp() - $2::float8 * interval '1 millisecond')
        order by server_id, at limit $3
      ) over_by_now`,
    values: [from, graceMs, stepSamples],
  })
  return rows
}

/** Takes out whatever there is of these hours; nobody else sees it gone before the commit. */
async function takeSamples(tx: Queryable, hours: readonly ServerHour[]): Promise<StoredSample[]> {
  const { rows } = await tx.query<StoredSample>({
    name: 'take-samples',
    text: `delete from metric_sample m using unnest($1::int[], $2::timestamptz[]) as h (id, hour)
      where m.server_id = h.id and m.at >= h.hour and m.at < h.hour + interval '1 hour'
      returning ${SAMPLE_COLUMNS}`,
    values: [hours.map((it) => it.serverId), hours.map((it) => iso(it.hour))],
  })
  return rows
}

async function write(tx: Queryable, hours: readonly ServerHour[], taken: readonly StoredSample[]): Promise<void> {
  const fresh = Map.groupBy(taken, (sample) => keyOf(sample.serverId, Math.floor(sample.at / HOUR_MS) * HOUR_MS))
  const rawKeys = hours.map(({ serverId, hour }) => ({ serverId, at: hour }))
  const raw = byKey(await readBlocks(tx, TIERS.RAW, rawKeys))
  const days = byKey(await readBlocks(tx, TIERS.HOUR, rawKeys.map(dayOf)))

  const made = { raw: [] as BlockRow[], fiveMinutes: [] as BlockRow[], days: new Map<string, DayColumns>() }
  for (const { serverId, hour } of hours) {
    const key = keyOf(serverId, hour)
    const packed = raw.get(key)
    const known: TimedSample[] = packed ? samplesIn(packed) : []
    const rolled = rollUpHour([...known, ...(fresh.get(key) ?? []).map(toTheMillisecond)], hour)
    const row = { serverId, at: hour, samples: rolled.samples.length }
    made.raw.push({ ...row, block: packSamples(rolled.samples, hour) })
    made.fiveMinutes.push({ ...row, block: packRollups(rolled.fiveMinutes, hour) })

    const day = dayOf(row)
    const dayKey = keyOf(serverId, day.at)
    const dayRow = days.get(dayKey)
    const before = made.days.get(dayKey)?.columns ?? (dayRow && rollupsIn(dayRow))
    made.days.set(dayKey, { ...day, columns: withHour(before, rolled.hour, hour) })
    // An hour takes a millisecond or two: heartbeats must not wait for all of them.
    await new Promise(setImmediate)
  }
  await writeBlocks(tx, TIERS.RAW, made.raw)
  await writeBlocks(tx, TIERS.FIVE_MINUTES, made.fiveMinutes)
  await writeBlocks(tx, TIERS.HOUR, [...made.days.values()].map(packDay))
}

/** One server's day, not packed yet. */
interface DayColumns {
  readonly serverId: ServerId
  readonly at: Instant
  readonly columns: RollupColumns
}

function packDay({ serverId, at, columns }: DayColumns): BlockRow {
  const samples = Array.from(columns.samples).reduce((sum, count) => sum + count, 0)
  return { serverId, at, samples, block: packRollups(columns, at) }
}

/** As packed, so that an hour that is made again finds the same instants. */
function toTheMillisecond(sample: StoredSample): TimedSample {
  return { ...sample, at: Math.floor(sample.at) }
}

function dayOf({ serverId, at }: Pick<BlockRow, 'serverId' | 'at'>) {
  return { serverId, at: Math.floor(at / DAY_MS) * DAY_MS }
}

function keyOf(serverId: ServerId, at: Instant): string {
  return `${serverId} ${at}`
}

function byKey(rows: readonly BlockRow[]): Map<string, BlockRow> {
  return new Map(rows.map((row) => [keyOf(row.serverId, row.at), row]))
}
