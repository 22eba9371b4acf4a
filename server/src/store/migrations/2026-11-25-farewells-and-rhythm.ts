import { Migration } from '@mikro-orm/migrations'

/** What an agent says when it ends, and how regularly it beats. Neither touches the heartbeat's own row. */
export class FarewellsAndRhythm extends Migration {
  override up(): void {
    for (const statement of STATEMENTS) this.addSql(statement)
  }
}

const STATEMENTS = [
  // The last one of each server; void once a later heartbeat was heard.
  `create table farewell (
    server_id integer primary key references server (id),
    reason text not null check (reason in ('STOPPED', 'SHUTDOWN', 'REBOOT')),
    at timestamptz not null,
    back_at timestamptz
  )`,
  `alter table status_event add column farewell_reason text, add column farewell_at timestamptz,
     add column farewell_back_at timestamptz`,

  // Packed by store/rhythm-row.ts: at a hundred thousand servers each byte counts, and nothing is ever searched in them.
  `create table heartbeat_rhythm (
    server_id integer primary key references server (id),
    since_at timestamptz,
    through_at timestamptz,
    recent bytea not null default '',
    hours bytea not null default '',
    agents bytea not null default '',
    skew_ms integer
  ) with (fillfactor = 60)`,
]
