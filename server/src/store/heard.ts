import type { Instant } from '../core/types.ts'
import { CHANNELS } from './channels.ts'
import { BLIND_AFTER_MS } from './facts.ts'
import { ms, timestamp } from './instant.ts'
import { LISTENER } from './pool.ts'
import type { Store } from './store.ts'
import { inStatement, reachable } from './transaction.ts'
import { LONGEST_WAIT_MS } from './write-heartbeats.ts'

/*
 * A hub has heard up to an instant when every heartbeat that had arrived there by then is committed or refused. Nobody is
 * judged for a deadline up to which some other hub has not heard, for as long as that hub may still bring what arrived there.
 *
 * Each hub answers for instants that the database told it before it looked at what had arrived, so no clock is compared
 * with another, and what was said once stays true, however long the hub stands still before or after it says so.
 */

/**
 * So long after a deadline no other hub can bring a heartbeat any more that arrived before it: a little longer than one may
 * wait there. What is written later than this does not count from its arrival.
 */
export const MAX_WAIT_MS = LONGEST_WAIT_MS + 1_000

/**
 * A hub that gives no sign of life for so long hangs, and holds nobody up any more. Until then it may only be slow, however
 * far behind its hearing is. Longer than a hub takes to stop, which stamps no more but still answers; and than its writer
 * waits for a statement and then for a new connection.
 */
const HANGS_AFTER_MS = 12_000

/**
 * The other hubs that may have what is not committed. One that was killed has no session any more, and nothing to wait for;
 * for a second after its last sign of life it may as well be about to connect again. That its writer's session alone is gone
 * says nothing: the database ends it where the hub stood still in a transaction. After an outage of the database, when all
 * sessions are gone, each is waited for until it is back. That no hub ran at all (HUB_DOWN) is no reason to wait, else a
 * crash loop of ours would postpone every death.
 *
 * Hubs of before this column are believed for their stamps, and for what they say of waiting heartbeats.
 */
const WAITED_FOR = `
  with other as materialized (
    select hub_id, writer_pid, greatest(stamped_at, heard_until) as lived_at,
      coalesce(heard_until, least(stamped_at, backlog_since)) as heard_until, clock_timestamp() as now
    from hub_observation where hub_id <> $1
  ), waited_for as materialized (
    select o.hub_id, o.heard_until from other o left join lateral (
      select nullif(sum(least(until_at, o.now) - greatest(from_at, o.lived_at)), '0') as missed
      from observation_gap where until_at > o.lived_at and cause <> 'HUB_DOWN'
    ) g on true
    where o.now - o.lived_at - coalesce(g.missed, '0') < interval '${HANGS_AFTER_MS} ms'
      and (
        o.lived_at > o.now - interval '${BLIND_AFTER_MS} ms' or g.missed is not null
        or exists (
          select from pg_stat_activity a where a.pid = o.writer_pid or a.application_name = '${LISTENER} ' || o.hub_id
        )
      )
  )`

const ASK = `
  ${WAITED_FOR}, question as materialized (select ${ms('clock_timestamp()')} as at)
  select at, (select coalesce(json_object_agg(hub_id, ${ms('heard_until')}), '{}') from waited_for) as "heardUntil",
    case when exists (select from waited_for) then pg_notify('${CHANNELS.question}', $1::text || ' ' || at) end
  from question`

/** What was asked, and what the other hubs had said before, by their ids. */
export interface Question {
  readonly at: Instant
  readonly heardUntil: ReadonlyMap<string, Instant>
}

/** Asks the other hubs, if there are any, to say when they have heard up to this moment. */
export async function askOthers(store: Store): Promise<Question> {
  const { rows } = await reachable(() =>
    store.watch.query<{ at: Instant; heardUntil: Readonly<Record<string, Instant>> }>({
      name: 'ask-others',
      text: ASK,
      values: [store.hubId],
    }),
  )
  const { at, heardUntil } = rows[0] as (typeof rows)[number]
  return { at, heardUntil: new Map(Object.entries(heardUntil)) }
}

/** Up to when every other hub has heard, as far as they have said so; `Infinity` where none is waited for. */
export async function heardByOthers(store: Store): Promise<Instant> {
  const text = `${WAITED_FOR} select ${ms('min(heard_until)')} as until from waited_for`
  const { rows } = await reachable(() => store.watch.query<{ until: Instant | null }>(text, [store.hubId]))
  return rows[0]?.until ?? Infinity
}

/** Says up to when this hub has heard, at once. Nothing, where the hub is not known or has gone. */
export async function answerOthers(store: Store, heardUntil: Instant): Promise<void> {
  await inStatement(store.writer, () => ({
    name: 'answer-others',
    text: `
      with said as (
        update hub_observation set heard_until = least(${timestamp('$2')}, clock_timestamp()) where hub_id = $1 returning 1
      )
      select pg_notify('${CHANNELS.answer}', $1::text || ' ' || $2::text) from said`,
    values: [store.hubId, heardUntil],
  }))
}

/** Makes this hub known, before anything can arrive here. @returns the moment up to which it has heard everything: nothing */
export async function announceHub(store: Store): Promise<Instant> {
  const { rows } = await inStatement<{ at: Instant }>(store.writer, () => ({
    text: `
      insert into hub_observation (hub_id, stamped_at, heard_until, writer_pid)
      select $1::uuid, at, at, pg_backend_pid() from clock_timestamp() as at
      returning ${ms('heard_until')} as at`,
    values: [store.hubId],
  }))
  return (rows[0] as { at: Instant }).at
}

/** Forgets hubs that have not stamped for a day, and this one: nothing can arrive here any more, and all is committed. */
export async function removeHub(store: Store): Promise<void> {
  await store.watch.query(
    `delete from hub_observation where hub_id = $1 or stamped_at < clock_timestamp() - interval '1 day'`,
    [store.hubId],
  )
}
