import { Migration } from '@mikro-orm/migrations'

/**
 * A batch of heartbeats becomes one call: one round trip, and no transaction that a frozen hub could leave open.
 *
 * The row also keeps the heartbeat before the last one, which tells the rhythm without another look-up. The table is made
 * anew so that the two times lie side by side: an update's WAL then holds these sixteen bytes of the row and no more.
 */
export class WriteHeartbeats extends Migration {
  override up(): void {
    for (const statement of STATEMENTS) this.addSql(statement)
  }
}

const STATEMENTS = [
  `alter table server_heartbeat rename to server_heartbeat_before`,
  `alter index server_heartbeat_pkey rename to server_heartbeat_before_pkey`,
  `create table server_heartbeat (
    server_id integer constraint server_heartbeat_pkey primary key references server (id),
    last_heartbeat_at timestamptz,
    previous_heartbeat_at timestamptz,
    agent_version text,
    boot_id text,
    agent_started_at timestamptz
  ) with (fillfactor = 50)`,
  `insert into server_heartbeat (server_id, last_heartbeat_at, agent_version, boot_id, agent_started_at)
   select server_id, last_heartbeat_at, agent_version, boot_id, agent_started_at
   from server_heartbeat_before order by server_id`,
  `drop table server_heartbeat_before`,

  // VOLATILE and in READ COMMITTED: each statement inside takes a snapshot of its own. The second sees the statuses as
  // they are after the first has waited for its rows; a CTE beside the update would still see those from before.
  //
  // The rows must be locked in ascending id, so the plan is pinned, here where nobody can call it without: a nested loop
  // that the sorted input drives, no other join and no scan of a whole table.
  `create function write_heartbeats(
    ids integer[], ages_ms float8[], agent_versions text[], boot_ids text[], agents_started_ms float8[],
    recovers boolean,
    out server_ids integer[], out previous_seconds float8[], out received_seconds float8[], out recoverable integer[]
  ) language plpgsql volatile
  set enable_hashjoin = off
  set enable_mergejoin = off
  set enable_seqscan = off
  set enable_bitmapscan = off
  set enable_material = off
  set plan_cache_mode = force_generic_plan
  as $function$
  begin
    with written as (
      update server_heartbeat h
      set previous_heartbeat_at = h.last_heartbeat_at,
        last_heartbeat_at =
          greatest(h.last_heartbeat_at, statement_timestamp() - b.age_ms * interval '1 millisecond'),
        agent_version = coalesce(b.agent_version, h.agent_version),
        boot_id = coalesce(b.boot_id, h.boot_id),
        agent_started_at = coalesce(
          'epoch'::timestamptz + b.agent_started_ms * interval '1 millisecond', h.agent_started_at)
      from (
        select * from unnest($1, $2, $3, $4, $5) as b (id, age_ms, agent_version, boot_id, agent_started_ms)
        order by id
      ) b
      where h.server_id = b.id
      returning h.server_id, h.previous_heartbeat_at, h.last_heartbeat_at
    )
    select array_agg(server_id), array_agg(date_part('epoch', previous_heartbeat_at)),
      array_agg(date_part('epoch', last_heartbeat_at))
    into server_ids, previous_seconds, received_seconds from written;

    select array_agg(id) into recoverable from (
      select id from server
      where id = any (server_ids) and status = 'OFFLINE' and not suspended and deleted_at is null
      order by id
    ) s;
    if recoverable is not null and not recovers then
      raise exception 'A server of this batch is OFFLINE: its recovery belongs to the same transaction'
        using errcode = 'SS001';
    end if;
  end
  $function$`,
]
