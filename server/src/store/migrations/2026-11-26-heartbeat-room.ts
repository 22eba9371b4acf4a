import { Migration } from '@mikro-orm/migrations'

/**
 * A batch writes all rows of a page anew before any of the old ones may go. With half of the page free that fits to the
 * byte, and a row that grows (it learns its agent's version) pushes another onto a new page, which costs an entry in the
 * index. Holds for rows to come; those that are there keep their pages.
 */
export class HeartbeatRoom extends Migration {
  override up(): void {
    this.addSql('alter table server_heartbeat set (fillfactor = 40)')
  }
}
