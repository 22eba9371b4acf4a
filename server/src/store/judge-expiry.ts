import { deadlineOf, observedSilenceMs } from '../core/gaps.ts'
import type { Instant, ServerId } from '../core/types.ts'
import { type Facts, readFacts, type ServerFacts } from './facts.ts'
import { heardByOthers, MAX_WAIT_MS } from './heard.ts'
import { ms } from './instant.ts'
import { differs, type Settled, settleFacts } from './settle.ts'
import type { Store } from './store.ts'
import { inTransaction, type Queryable, reachable } from './transaction.ts'

/** What is to be done with a server that was due. */
export type ExpiryAnswer =
  /** Nothing to wait for any more: it is OFFLINE, suspended, never seen or deleted. */
  | { readonly kind: 'settled' }
  /** It was heard meanwhile: by the database's clock its deadline is this far away. */
  | { readonly kind: 'fresh'; readonly remainingMs: number }
  /** Its row is being written at this moment, a heartbeat that came here in time may be about to be, or its status was. */
  | { readonly kind: 'busy' }
  /** Another hub has not said yet that it has heard up to its deadline. */
  | { readonly kind: 'unheard' }
  /** Nobody may be judged now: no hub has proved of late that it can hear. */
  | { readonly kind: 'blind' }

/** Up to when everything that had arrived is committed or refused, at this hub and at the others. */
export interface Heard {
  /** `performance.now()` at a moment up to which this hub has. */
  readonly hereAtMs: number
  /** Up to when all others have. Called, and waited for, only where somebody seems silent. */
  readonly byOthers: () => Promise<Instant>
}

const LOCK_ROWS = `
  select server_id as id from server_heartbeat where server_id = any($1::int[])
  order by server_id for update skip locked`

const EXISTING = `select server_id as id from server_heartbeat where server_id = any($1::int[])`

/** By the time that has passed alone: gaps move a deadline later, never nearer. */
const FRESH = `
  select s.id, ${ms('h.last_heartbeat_at')} + s.offline_after_seconds * 1000 - ${ms('statement_timestamp()')} as "remainingMs"
  from server_heartbeat h join server s on s.id = h.server_id
  where h.server_id = any($1::int[]) and s.status <> 'OFFLINE' and not s.suspended and s.deleted_at is null
    and h.last_heartbeat_at + s.offline_after_seconds * interval '1 s' > statement_timestamp()`

/**
 * Looks at servers whose deadline may have passed and makes OFFLINE those that are silent, there and then.
 *
 * Most were heard meanwhile: those are found without a lock, so that a healthy fleet's looks write nothing and hold up no
 * heartbeat. Only who seems silent is judged, and only for a deadline up to which every hub has heard: what arrived since, here
 * or there, may wait to be read or written.
 */
export async function judgeExpiry(
  store: Store,
  ids: readonly ServerId[],
  heard: Heard = { hereAtMs: performance.now(), byOthers: () => heardByOthers(store) },
): Promise<Map<ServerId, ExpiryAnswer>> {
  const { rows } = await reachable(() =>
    store.watch.query<{ id: ServerId; remainingMs: number }>({ name: 'judge-fresh', text: FRESH, values: [ids] }),
  )
  const answers = new Map<ServerId, ExpiryAnswer>(rows.map(({ id, remainingMs }) => [id, fresh(remainingMs)]))
  const silent = ids.filter((id) => !answers.has(id))
  if (silent.length === 0) return answers

  const until = await heard.byOthers()
  for (const [id, answer] of await judge(store, silent, heard.hereAtMs, until)) answers.set(id, answer)
  return answers
}

/**
 * Judges servers that seem silent.
 *
 * Their heartbeat rows are locked before they are read, so a heartbeat is either seen here or waits, finds the server
 * OFFLINE, and brings it back. A row that somebody else holds is being refreshed: it is skipped, never waited for.
 */
function judge(
  store: Store,
  ids: readonly ServerId[],
  heardHereAtMs: number,
  heardByOthers: Instant,
): Promise<Map<ServerId, ExpiryAnswer>> {
  return inTransaction(store.watch, async (tx) => {
    const locked = await idsOf(tx, 'judge-lock', LOCK_ROWS, ids)
    const facts = await readFacts(tx, [...locked])
    if (facts.blind) return new Map(ids.map((id) => [id, { kind: 'blind' }]))

    const answers = new Map<ServerId, ExpiryAnswer>()
    const heardHere = facts.now - (performance.now() - heardHereAtMs)
    for (const server of facts.servers) {
      const deadline = passedDeadline(server, facts)
      if (deadline === undefined) continue
      if (deadline > heardHere) answers.set(server.id, { kind: 'busy' })
      else if (deadline > heardByOthers && !isOutwaited(deadline, server, facts))
        answers.set(server.id, { kind: 'unheard' })
    }
    const servers = facts.servers.filter(({ id }) => !answers.has(id))
    for (const settled of await settleFacts(tx, { ...facts, servers }, 'time')) {
      answers.set(settled.facts.id, answerOf(settled, facts.now))
    }
    const skipped = ids.filter((id) => !locked.has(id))
    const existing = skipped.length > 0 ? await idsOf(tx, 'judge-existing', EXISTING, skipped) : new Set()
    for (const id of ids) {
      if (!answers.has(id)) answers.set(id, existing.has(id) ? { kind: 'busy' } : { kind: 'settled' })
    }
    return answers
  })
}

/** What should have been written and was not is looked at again: somebody else changed it, or nobody may be judged by now. */
function answerOf({ facts, verdict, changed }: Settled, now: Instant): ExpiryAnswer {
  if (!changed && differs(facts, verdict)) return { kind: 'busy' }
  return verdict.nextTransitionAt === null ? { kind: 'settled' } : fresh(verdict.nextTransitionAt - now)
}

/** The deadline of a server that would be judged silent. */
function passedDeadline(server: ServerFacts, { now }: Facts): Instant | undefined {
  const { lastHeartbeatAt, gaps, offlineAfterSeconds } = server
  if (lastHeartbeatAt === null) return undefined
  const deadline = deadlineOf(lastHeartbeatAt, gaps, offlineAfterSeconds * 1_000)
  return deadline < now ? deadline : undefined
}

/** What another hub may still hold is refused there by now, if it came before the deadline. */
function isOutwaited(deadline: Instant, { gaps }: ServerFacts, { now }: Facts): boolean {
  return observedSilenceMs(deadline, gaps, now) >= MAX_WAIT_MS
}

function fresh(remainingMs: number): ExpiryAnswer {
  return { kind: 'fresh', remainingMs: Math.max(0, remainingMs) }
}

async function idsOf(tx: Queryable, name: string, text: string, ids: readonly ServerId[]): Promise<Set<ServerId>> {
  const { rows } = await tx.query<{ id: ServerId }>({ name, text, values: [ids] })
  return new Set(rows.map((row) => row.id))
}
