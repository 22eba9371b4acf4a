import { Migration } from '@mikro-orm/migrations'

/**
 * What housekeeping looks for, it finds: the oldest open day of metrics among millions of hours, what was resolved long
 * ago, and the events of a gap.
 * And what servers left behind that were deleted before.
 */
export class Tidying extends Migration {
  override up(): void {
    this.addSql('create index metric_open_hours_at on metric_open_hours (at)')
    for (const table of ['alert', 'anomaly']) {
      this.addSql(`create index ${table}_resolved on ${table} (resolved_at) where resolved_at is not null`)
    }
    this.addSql('create index status_event_gap on status_event (gap_id) where gap_id is not null')
    for (const table of ['top_processes', 'availability_sum']) {
      this.addSql(`delete from ${table} where server_id in (select id from server where deleted_at is not null)`)
    }
  }
}
