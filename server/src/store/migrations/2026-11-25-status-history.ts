import { Migration } from '@mikro-orm/migrations'

/** Status events by time: of one server for its history, of all for the fleet's. */
export class StatusHistory extends Migration {
  override up(): void {
    this.addSql('create index status_event_server_at on status_event (server_id, at)')
    this.addSql('create index status_event_at on status_event (at)')
  }
}
