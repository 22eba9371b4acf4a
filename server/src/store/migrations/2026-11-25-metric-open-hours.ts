import { Migration } from '@mikro-orm/migrations'

/**
 * The roll-ups of hours whose day is not over: a row an hour, until the day is packed into one of `metric_hours`.
 *
 * Nothing in SQL looks into a sample's file systems, and `jsonb` costs as much to print as all other figures together.
 */
export class MetricOpenHours extends Migration {
  override up(): void {
    this.addSql(`create table metric_open_hours (
      server_id integer not null references server (id),
      at timestamptz not null,
      samples integer not null,
      block bytea not null,
      primary key (server_id, at)
    )`)
    this.addSql('alter table metric_open_hours alter column block set storage external')
    this.addSql('alter table metric_sample alter column disks type json using disks::json')
  }
}
