import { Migration } from '@mikro-orm/migrations'

/**
 * How long each server was alive, offline and unobserved from its beginning up to an instant: what lies between two of
 * them is a difference. The progress says up to when all servers are summed, and which events and gaps have been seen.
 */
export class AvailabilitySums extends Migration {
  override up(): void {
    this.addSql(`create table availability_sum (
      server_id integer not null references server (id),
      at timestamptz not null,
      alive_ms double precision not null,
      offline_ms double precision not null,
      unobserved_ms double precision not null,
      primary key (server_id, at)
    )`)
    this.addSql(`create table availability_progress (
      singleton boolean primary key default true check (singleton),
      through timestamptz not null default 'epoch',
      target timestamptz,
      next_server integer not null default 0,
      event_id bigint not null default 0,
      gap_id integer not null default 0
    )`)
    this.addSql('insert into availability_progress default values')
  }
}
