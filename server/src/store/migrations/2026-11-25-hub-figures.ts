import { Migration } from '@mikro-orm/migrations'

/** What each hub says of itself with its stamps. */
export class HubFigures extends Migration {
  override up(): void {
    this.addSql(
      `alter table hub_observation
        add column name text not null default '',
        add column version text not null default '',
        add column leads boolean not null default false,
        add column heartbeats_per_second real not null default 0,
        add column feed_lag_ms real`,
    )
  }
}
