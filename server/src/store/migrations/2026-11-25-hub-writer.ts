import { Migration } from '@mikro-orm/migrations'

/** The session that a hub writes heartbeats through: where it is gone, so is what waited for it. */
export class HubWriter extends Migration {
  override up(): void {
    this.addSql('alter table hub_observation add column writer_pid integer')
  }
}
