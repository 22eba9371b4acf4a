import { Migration } from '@mikro-orm/migrations'

/** Up to when each hub has heard: whatever had arrived there by then is committed or refused. */
export class HeardUntil extends Migration {
  override up(): void {
    this.addSql('alter table hub_observation add column heard_until timestamptz')
  }
}
