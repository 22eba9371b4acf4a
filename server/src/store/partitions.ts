import { ms } from './instant.ts'
import { iso } from './metric-tiers.ts'
import type { Store } from './store.ts'
import { inTransaction, type Queryable } from './transaction.ts'

/** Partitions are made this many days ahead, so that a hub that cannot make one for a while loses no sample. */
const DAYS_AHEAD = 3

/** A sample may be this old when it comes, so yesterday's partition must be there on the first day too. */
const DAYS_BACK = 1

const DAY_MS = 86_400_000

/** Any number that no other program uses as an advisory lock: 'sspt' in ASCII. */
const PARTITION_LOCK = 0x73737074

/** For how many days metrics are kept, at least. */
export interface MetricRetention {
  /** Single samples. */
  readonly rawDays: number
  readonly fiveMinuteDays: number
  readonly hourDays: number
}

/** A table whose partitions are days or months, in UTC, named `table_YYYYMMDD` after the first of their days. */
interface Partitioned {
  readonly table: string
  readonly span: 'day' | 'month'
  readonly keepDays: number
  /** What is in it has to go elsewhere first. */
  readonly onlyIfEmpty?: boolean
}

interface Partition {
  readonly name: string
  readonly from: number
  readonly until: number
}

/** Makes the partitions that will be needed and drops those that are past their retention. Several hubs may do it at once. */
export function maintainPartitions(store: Store, retention: MetricRetention): Promise<void> {
  const samples = { table: 'metric_sample', span: 'day', keepDays: retention.rawDays, onlyIfEmpty: true } as const
  const raw = { table: 'metric_raw', span: 'day', keepDays: retention.rawDays } as const
  const fiveMinutes = { table: 'metric_five_minutes', span: 'day', keepDays: retention.fiveMinuteDays } as const
  const hours = { table: 'metric_hours', span: 'month', keepDays: retention.hourDays } as const
  return inTransaction(store.pool, async (tx) => {
    await tx.query('select pg_advisory_xact_lock($1)', [PARTITION_LOCK])
    const today = await readToday(tx)
    // Before anything is dropped: from then on nobody can write samples until this is committed.
    const open = await oldestOpenDay(tx)
    await drop(tx, samples, today, today)
    // Where samples still wait, their roll-ups have to go somewhere, and are made from what was rolled up before, too.
    const waiting = await partitionsOf(tx, samples)
    const first = Math.min(today - DAYS_BACK * DAY_MS, ...waiting.map((partition) => partition.from))
    const needed = new Map<Partitioned, number>([samples, raw, fiveMinutes].map((table) => [table, first]))
    needed.set(hours, Math.min(first, open ?? first))
    for (const [table, from] of needed) {
      if (table !== samples) await drop(tx, table, today, from)
      await makeMissing(tx, table, from, today + DAYS_AHEAD * DAY_MS)
    }
  })
}

/** The first day whose hours wait to be packed. */
async function oldestOpenDay(tx: Queryable): Promise<number | null> {
  const { rows } = await tx.query<{ day: number | null }>(
    `select ${ms("date_trunc('day', min(at))")} as day from metric_open_hours`,
  )
  return rows[0]?.day ?? null
}

async function makeMissing(tx: Queryable, table: Partitioned, first: number, last: number): Promise<void> {
  const there = new Set((await partitionsOf(tx, table)).map((partition) => partition.name))
  for (let day = first; day <= last; day += DAY_MS) {
    const { name, from, until } = partitionAt(table, day)
    // Making one locks the whole table, even where it turns out to be there.
    if (there.has(name)) continue
    there.add(name)
    await tx.query(
      `create table if not exists ${name} partition of ${table.table}
       for values from ('${iso(from)}') to ('${iso(until)}')`,
    )
  }
}

/** @param needed what is from this day on stays, however old. */
async function drop(tx: Queryable, table: Partitioned, today: number, needed: number): Promise<void> {
  for (const { name, until } of await partitionsOf(tx, table)) {
    if (until > Math.min(today - table.keepDays * DAY_MS, needed)) continue
    if (table.onlyIfEmpty && (await tx.query(`select from ${name} limit 1`)).rows.length > 0) continue
    await tx.query(`drop table ${name}`)
  }
}

async function readToday(tx: Queryable): Promise<number> {
  const { rows } = await tx.query<{ today: string }>(`select to_char(statement_timestamp(), 'YYYY-MM-DD') as today`)
  return Date.parse((rows[0] as { today: string }).today)
}

function partitionAt({ table, span }: Partitioned, day: number): Partition {
  const date = new Date(day)
  const [year, month, first] = [date.getUTCFullYear(), date.getUTCMonth(), span === 'month' ? 1 : date.getUTCDate()]
  const from = Date.UTC(year, month, first)
  const until = span === 'month' ? Date.UTC(year, month + 1, 1) : from + DAY_MS
  return { name: `${table}_${iso(from).slice(0, 10).replaceAll('-', '')}`, from, until }
}

async function partitionsOf(tx: Queryable, table: Partitioned): Promise<Partition[]> {
  const { rows } = await tx.query<{ day: string }>(
    `select right(c.relname, 8) as day from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = $1::regclass and c.relname ~ ('^' || $1 || '_[0-9]{8}$')`,
    [table.table],
  )
  return rows.map(({ day }) => partitionAt(table, Date.UTC(+day.slice(0, 4), +day.slice(4, 6) - 1, +day.slice(6))))
}
