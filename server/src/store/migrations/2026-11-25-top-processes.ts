import { Migration } from '@mikro-orm/migrations'

/** What each server was busy with when it was last looked at: its newest list only. */
export class TopProcesses extends Migration {
  override up(): void {
    this.addSql(`create table top_processes (
      server_id integer primary key references server (id),
      at timestamptz not null,
      processes jsonb not null
    ) with (fillfactor = 50)`)
  }
}
