import type { Store } from './store.ts'
import { inTransaction, type Queryable } from './transaction.ts'

/** Partitions are made this many days ahead, so that a hub that cannot make one for a while loses no sample. */
const DAYS_AHEAD = 3

/** A sample may be this old when it comes, so yesterday's partition must be there on the first day too. */
const DAYS_BACK = 1

/** Any number that no other program uses as an advisory lock: 'sspt' in ASCII. */
const PARTITION_LOCK = 0x73737074

/**
 * Makes the day partitions of `metric_sample` that will be needed and drops those that are older than `keepDays`.
 * Several hubs may do it at once; days are UTC.
 */
export function maintainPartitions(store: Store, keepDays: number): Promise<void> {
  return inTransaction(store.pool, async (tx) => {
    await tx.query('select pg_advisory_xact_lock($1)', [PARTITION_LOCK])
    const { rows } = await tx.query<{ day: string; next: string }>(
      `select to_char(d, 'YYYY-MM-DD') as day, to_char(d + interval '1 day', 'YYYY-MM-DD') as next
       from generate_series((statement_timestamp() at time zone 'UTC')::date - $1::int,
         (statement_timestamp() at time zone 'UTC')::date + $2::int, interval '1 day') d`,
      [DAYS_BACK, DAYS_AHEAD],
    )
    for (const { day, next } of rows) {
      await tx.query(
        `create table if not exists ${nameOf(day)} partition of metric_sample
         for values from ('${day} 00:00+00') to ('${next} 00:00+00')`,
      )
    }
    for (const name of await partitionsBefore(tx, keepDays)) await tx.query(`drop table ${name}`)
  })
}

function nameOf(day: string): string {
  return `metric_sample_${day.replaceAll('-', '')}`
}

async function partitionsBefore(tx: Queryable, keepDays: number): Promise<string[]> {
  const { rows } = await tx.query(
    `select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'metric_sample'::regclass and c.relname ~ '^metric_sample_[0-9]{8}$'
       and to_date(right(c.relname, 8), 'YYYYMMDD') < (statement_timestamp() at time zone 'UTC')::date - $1::int`,
    [keepDays],
  )
  return rows.map((row: { name: string }) => row.name)
}
