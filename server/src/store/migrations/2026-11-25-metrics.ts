import { Migration } from '@mikro-orm/migrations'

/** A server's own limits for CPU, memory and disk; an empty object means the defaults. */
export class Metrics extends Migration {
  override up(): void {
    this.addSql(`alter table server add column alert_limits jsonb not null default '{}'`)
  }
}
