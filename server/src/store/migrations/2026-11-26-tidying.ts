import { Migration } from '@mikro-orm/migrations'

/**
 * What housekeeping looks for, it finds: the oldest open day of metrics among millions of hours, and the events of a gap.
 * And what servers left behind that were deleted before.
 */
export class Tidying extends Migration {
  override up(): void {
    this.addSql('create index metric_open_hours_at on metric_open_hours (at)')
    this.addSql('create index status_event_gap on status_event (gap_id) where gap_id is not null')
    for (const table of ['top_processes', 'availability_sum']) {
      this.addSql(`delete from ${table} where server_id in (select id from server where deleted_at is not null)`)
    }
  }
}
