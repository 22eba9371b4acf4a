import { withHours } from '../core/roll-up.ts'
import { ms } from './instant.ts'
import { packRollups } from './metric-block.ts'
import { inRollUpStep, type RolledUp, type RollUpStep, type ServerTime } from './metric-step.ts'
import { type BlockRow, DAY_MS, hourIn, iso, readBlocks, rollupsIn, TIERS, writeBlocks } from './metric-tiers.ts'
import type { Store } from './store.ts'
import type { Queryable } from './transaction.ts'

/** So many servers' days are packed in one step: a fraction of a second. */
const STEP_DAYS = 50

/**
 * Packs some of the days that are over, in one transaction: the roll-ups of their hours leave `metric_open_hours` and are
 * found in the day's row from then on. An hour that is made again later comes the same way, and takes its old place.
 *
 * @param step `size`: servers' days.
 * @throws RollUpError where it failed once it knew which days are to do
 */
export function packDays(store: Store, step: RollUpStep = {}): Promise<RolledUp> {
  return inRollUpStep(store, step, {
    find: (tx, { from, graceMs }) => findDays(tx, from, graceMs, step.size ?? STEP_DAYS),
    work: async (tx, days) => write(tx, days, await takeHours(tx, days)),
  })
}

async function findDays(tx: Queryable, from: number, graceMs: number, size: number): Promise<ServerTime[]> {
  const { rows } = await tx.query<ServerTime>({
    name: 'days-to-pack',
    text: `select distinct server_id as "serverId", ${ms("date_trunc('day', at)")} as at
      from metric_open_hours
      where server_id >= $1 and at < date_trunc('day', statement_timestamp() - $2::float8 * interval '1 millisecond')
      order by 1, 2 limit $3`,
    values: [from, graceMs, size],
  })
  return rows
}

async function takeHours(tx: Queryable, days: readonly ServerTime[]): Promise<BlockRow[]> {
  const { rows } = await tx.query<BlockRow>({
    name: 'take-hours',
    text: `delete from metric_open_hours m using unnest($1::int[], $2::timestamptz[]) as d (id, day)
      where m.server_id = d.id and m.at >= d.day and m.at < d.day + interval '1 day'
      returning m.server_id as "serverId", ${ms('m.at')} as at, m.samples, m.block`,
    values: [days.map((it) => it.serverId), days.map((it) => iso(it.at))],
  })
  return rows
}

async function write(tx: Queryable, days: readonly ServerTime[], hours: readonly BlockRow[]): Promise<void> {
  const before = await readBlocks(tx, TIERS.HOUR, days)
  const packed: BlockRow[] = []
  for (const { serverId, at } of days) {
    const row = before.find((it) => it.serverId === serverId && it.at === at)
    const taken = hours.filter((it) => it.serverId === serverId && it.at >= at && it.at < at + DAY_MS)
    const day = withHours(row && rollupsIn(row), taken.map(hourIn), at)
    const samples = Array.from(day.samples).reduce((sum, count) => sum + count, 0)
    packed.push({ serverId, at, samples, block: packRollups(day, at) })
    // Heartbeats must not wait for all of them.
    await new Promise(setImmediate)
  }
  await writeBlocks(tx, TIERS.HOUR, packed)
}
