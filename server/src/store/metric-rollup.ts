import type { TimedSample } from '../core/buckets.ts'
import { rollUpHour } from '../core/roll-up.ts'
import type { ServerId } from '../core/types.ts'
import { ms } from './instant.ts'
import { packHour, packRollups, packSamples } from './metric-block.ts'
import { SAMPLES_JSON, samplesOf } from './metric-samples.ts'
import { inRollUpStep, type RolledUp, type RollUpStep, type ServerTime } from './metric-step.ts'
import { type BlockRow, iso, OPEN_HOURS, readBlocks, samplesIn, TIERS, writeBlocks } from './metric-tiers.ts'
import type { Store } from './store.ts'
import type { Queryable } from './transaction.ts'

/** So many servers' hours are rolled up in one step: a fraction of a second. */
const STEP_HOURS = 40

/**
 * Rolls some of the hours that are over up, in one transaction: their samples leave `metric_sample`, and are found packed
 * and rolled up from then on. So a sample is in one of the two places at any moment, and counts once; and what is left in
 * `metric_sample` of hours that are over is what is still to do, late samples included: their hours are made again.
 *
 * @param step `from`: what other steps took out before it is not searched again. `size`: servers' hours.
 * @throws RollUpError where it failed once it knew which hours are to do
 */
export function rollUpSome(store: Store, step: RollUpStep = {}): Promise<RolledUp> {
  return inRollUpStep(store, step, {
    find: (tx, { from, graceMs }) => findHours(tx, from, graceMs, step.size ?? STEP_HOURS),
    work: async (tx, hours) => write(tx, await takeSamples(tx, hours)),
  })
}

const IS_OVER = `at < date_trunc('hour', statement_timestamp() - $2::float8 * interval '1 millisecond')`

/** Hours that are over and have samples, some of the servers' with the lowest ids. It leaps from one hour to the next. */
async function findHours(tx: Queryable, from: ServerId, graceMs: number, size: number): Promise<ServerTime[]> {
  const { rows } = await tx.query<ServerTime>({
    name: 'hours-to-roll-up',
    text: `with recursive found (server_id, hour) as (
        (select server_id, date_trunc('hour', at) from metric_sample
         where server_id >= $1 and ${IS_OVER} order by server_id, at limit 1)
        union all
        select later.* from found cross join lateral (
          select server_id, date_trunc('hour', at) from metric_sample
          where (server_id, at) >= (found.server_id, found.hour + interval '1 hour') and ${IS_OVER}
          order by server_id, at limit 1) later
      )
      select server_id as "serverId", ${ms('hour')} as at from found limit $3`,
    values: [from, graceMs, size],
  })
  return rows
}

interface TakenHour extends ServerTime {
  readonly samples: readonly TimedSample[]
}

/** Takes out whatever there is of these hours; nobody else sees it gone before the commit. */
async function takeSamples(tx: Queryable, hours: readonly ServerTime[]): Promise<TakenHour[]> {
  const { rows } = await tx.query<ServerTime & { samples: string }>({
    name: 'take-samples',
    text: `with taken as (
        delete from metric_sample m using unnest($1::int[], $2::timestamptz[]) as h (id, hour)
        where m.server_id = h.id and m.at >= h.hour and m.at < h.hour + interval '1 hour'
        returning m.*, h.hour
      )
      select server_id as "serverId", ${ms('hour')} as at, ${SAMPLES_JSON} as samples from taken group by server_id, hour`,
    values: [hours.map((it) => it.serverId), hours.map((it) => iso(it.at))],
  })
  return rows.map((row) => ({ ...row, samples: samplesOf(row.samples) }))
}

async function write(tx: Queryable, hours: readonly TakenHour[]): Promise<void> {
  const packed = new Map(
    (await readBlocks(tx, TIERS.RAW, hours)).map((row) => [`${row.serverId} ${row.at}`, row] as const),
  )
  const made = { raw: [] as BlockRow[], fiveMinutes: [] as BlockRow[], hours: [] as BlockRow[] }
  for (const { serverId, at, samples } of hours) {
    const before = packed.get(`${serverId} ${at}`)
    const rolled = rollUpHour(before ? [...samplesIn(before), ...samples] : samples, at)
    const row = { serverId, at, samples: rolled.samples.length }
    made.raw.push({ ...row, block: packSamples(rolled.samples, at) })
    made.fiveMinutes.push({ ...row, block: packRollups(rolled.fiveMinutes, at) })
    made.hours.push({ ...row, block: packHour(rolled.hour, at) })
    // An hour takes a millisecond or two: heartbeats must not wait for all of them.
    await new Promise(setImmediate)
  }
  await writeBlocks(tx, TIERS.RAW, made.raw)
  await writeBlocks(tx, TIERS.FIVE_MINUTES, made.fiveMinutes)
  await writeBlocks(tx, OPEN_HOURS, made.hours)
}
