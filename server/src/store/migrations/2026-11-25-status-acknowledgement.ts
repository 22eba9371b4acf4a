import { Migration } from '@mikro-orm/migrations'

/** Who said that they know of a server's status, and why; all null where nobody did. */
export class StatusAcknowledgement extends Migration {
  override up(): void {
    this.addSql(
      `alter table server
        add column acknowledged_at timestamptz,
        add column acknowledged_by text,
        add column acknowledge_note text,
        add check ((acknowledged_at is null) = (acknowledged_by is null))`,
    )
  }
}
