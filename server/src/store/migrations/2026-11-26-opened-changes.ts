import { Migration } from '@mikro-orm/migrations'

/** When an alert or an anomaly changed last, so that a hub that heard of nothing for a while finds what it missed. */
export class OpenedChanges extends Migration {
  override up(): void {
    for (const table of ['alert', 'anomaly']) {
      // What is there has not changed now: a hub that looks for what it missed would find all of it.
      this.addSql(`alter table ${table} add column changed_at timestamptz not null default 'epoch'`)
      this.addSql(`alter table ${table} alter column changed_at set default statement_timestamp()`)
      this.addSql(`create index ${table}_changed_at on ${table} (changed_at)`)
    }
  }
}
