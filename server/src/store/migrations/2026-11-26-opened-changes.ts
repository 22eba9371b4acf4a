import { Migration } from '@mikro-orm/migrations'

/** When an alert or an anomaly changed last, so that a hub that heard of nothing for a while finds what it missed. */
export class OpenedChanges extends Migration {
  override up(): void {
    for (const table of ['alert', 'anomaly']) {
      this.addSql(`alter table ${table} add column changed_at timestamptz not null default statement_timestamp()`)
      this.addSql(`create index ${table}_changed_at on ${table} (changed_at)`)
    }
  }
}
