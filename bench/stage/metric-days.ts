import type pg from 'pg'

/** Seconds of a day between samples; minutes. */
const MINUTES_A_DAY = 1_440

/**
 * Fills `metric_sample` with one whole day of each server, a sample a minute, as an agent measures it: busy by day and
 * calm by night, per cents and loads with two places, traffic that never repeats, two file systems that fill up.
 *
 * @param day `YYYY-MM-DD`, whose partition must be there.
 */
export async function fillDay(client: pg.Client, day: string): Promise<void> {
  await client.query('select setseed(0.5)')
  await client.query(
    `insert into metric_sample (server_id, at, cpu_percent, memory_percent, swap_percent, load1, load5, load15,
       network_rx_bytes_per_second, network_tx_bytes_per_second, disk_read_bytes_per_second, disk_write_bytes_per_second,
       uptime_seconds, processes, disks)
     select s.id, $1::timestamptz + (minute * 60 + s.id % 60 + random() * 0.05) * interval '1 second',
       round((5 + 40 * busy + 25 * random() * random())::numeric, 2),
       round((35 + 20 * busy + random() * 0.4)::numeric, 2), 1.27,
       round((0.1 + 3 * busy + random() * 0.8)::numeric, 2), round((0.1 + 3 * busy + random() * 0.2)::numeric, 2),
       round((0.1 + 3 * busy + random() * 0.06)::numeric, 2),
       floor(2e6 * busy * (0.5 + random())), floor(5e6 * busy * (0.5 + random())),
       case when random() < 0.6 then 0 else floor(random() * 2e6) end, floor(4e5 + random() * 3e6),
       1e6 + minute * 60 + floor(random() * 5) / 100, 180 + floor(random() * 8),
       jsonb_build_array(
         jsonb_build_object('mount', '/', 'usedPercent', round(((2e10 + minute * 2e5) / 1e9)::numeric, 2),
           'usedBytes', floor((2e10 + minute * 2e5 + random() * 4e6) / 4096) * 4096, 'totalBytes', 105089261568),
         jsonb_build_object('mount', '/var', 'usedPercent', round(((8e10 + minute * 3e6) / 5e9)::numeric, 2),
           'usedBytes', floor((8e10 + minute * 3e6 + random() * 9e7) / 4096) * 4096, 'totalBytes', 527371075584))
     from server s, generate_series(0, ${MINUTES_A_DAY - 1}) minute,
       lateral (select 0.05 + power(sin((minute + s.id * 7) * pi() / 1440), 2) as busy) b`,
    [`${day}T00:00:00Z`],
  )
}

/** Copies a rolled-up day to `days` days before it. A row tells its times from its own begin, so it can be moved. */
export async function repeatDay(
  client: pg.Client,
  day: string,
  days: { readonly raw: number; readonly fiveMinutes: number; readonly hours: number },
): Promise<void> {
  for (const [table, count, span] of [
    ['metric_raw', days.raw, 'day'],
    ['metric_five_minutes', days.fiveMinutes, 'day'],
    ['metric_hours', days.hours, 'month'],
  ] as const) {
    await makePartitions(client, table, day, count, span)
    await client.query(
      `insert into ${table} select server_id, at - back * interval '1 day', samples, block
       from ${table}, generate_series(1, $2::int) back
       where at >= $1::timestamptz and at < $1::timestamptz + interval '1 day'
       order by back desc, at, server_id`,
      [`${day}T00:00:00Z`, count],
    )
  }
}

async function makePartitions(
  client: pg.Client,
  table: string,
  day: string,
  count: number,
  span: 'day' | 'month',
): Promise<void> {
  const { rows } = await client.query<{ from: string; until: string }>(
    `select distinct date_trunc('${span}', d)::date::text as from,
       (date_trunc('${span}', d) + interval '1 ${span}')::date::text as until
     from generate_series($1::date - $2::int, $1::date, interval '1 day') d`,
    [day, count],
  )
  for (const { from, until } of rows) {
    await client.query(
      `create table if not exists ${table}_${from.replaceAll('-', '')} partition of ${table}
       for values from ('${from} 00:00+00') to ('${until} 00:00+00')`,
    )
  }
}

/** So many outages of a few minutes a day of each server, and an observation gap of half a minute a day, for `days` days. */
export async function addOutages(client: pg.Client, days: number, perDay: number): Promise<void> {
  await client.query('select setseed(0.25)')
  await client.query(`update server set created_at = now() - interval '1 year', status_since = now()`)
  await client.query(
    `with outage as (
       select s.id, now() - (outage - 0.2 - 0.6 * random()) * $2::float8 * interval '1 day' as at
       from server s, generate_series(1, round($1 / $2::float8)::int) outage
     )
     insert into status_event (server_id, from_status, from_reason, to_status, reason, at, detected_at)
     select id, from_status, from_reason, to_status, reason, at, at from (
       select id, 'ONLINE' as from_status, 'HEALTHY' as from_reason, 'OFFLINE' as to_status,
         'HEARTBEAT_EXPIRED' as reason, at from outage
       union all
       select id, 'OFFLINE', 'HEARTBEAT_EXPIRED', 'ONLINE', 'HEALTHY', at + 0.1 * $2::float8 * interval '1 day' from outage
     ) e where at < now() order by at`,
    [days, 1 / perDay],
  )
  await client.query(
    `insert into observation_gap (from_at, until_at, cause)
     select at, at + interval '30 seconds', 'HUB_DOWN'
     from generate_series(now() - $1::int * interval '1 day', now() - interval '1 hour', interval '1 day') at`,
    [days],
  )
}
