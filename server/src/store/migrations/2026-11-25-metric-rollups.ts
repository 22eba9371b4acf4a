import { Migration } from '@mikro-orm/migrations'

/**
 * Where samples go once their hour is over: packed, and rolled up. `block` is compressed by us, so PostgreSQL need not try.
 *
 * `metric_sample` keeps what is not rolled up yet.
 */
export class MetricRollups extends Migration {
  override up(): void {
    for (const table of ['metric_raw', 'metric_five_minutes', 'metric_hours']) {
      this.addSql(`create table ${table} (
        server_id integer not null references server (id),
        at timestamptz not null,
        samples integer not null,
        block bytea not null,
        primary key (server_id, at)
      ) partition by range (at)`)
      this.addSql(`alter table ${table} alter column block set storage external`)
    }
  }
}
