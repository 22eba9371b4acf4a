import type { ServerId } from '../core/types.ts'
import { readFacts } from './facts.ts'
import { settleFacts } from './settle.ts'
import type { Store } from './store.ts'
import { inTransaction, type Queryable } from './transaction.ts'

/** What is to be done with a server that was due. */
export type ExpiryAnswer =
  /** Nothing to wait for any more: it is OFFLINE, suspended, never seen or deleted. */
  | { readonly kind: 'settled' }
  /** It was heard meanwhile: by the database's clock its deadline is this far away. */
  | { readonly kind: 'fresh'; readonly remainingMs: number }
  /** Its row is being written at this moment. */
  | { readonly kind: 'busy' }
  /** Nobody may be judged now: we cannot have heard everything yet. */
  | { readonly kind: 'blind' }

/** Another hub's word that heartbeats wait there is believed for this long; our own were written before we looked. */
const MAX_BACKLOG = '5 s'

const LOCK_ROWS = `
  select server_id as id from server_heartbeat where server_id = any($1::int[])
  order by server_id for update skip locked`

const BACKLOG = `
  select 1 from hub_observation
  where hub_id <> $1 and stamped_at > clock_timestamp() - interval '1 s' and backlog_since > clock_timestamp() - interval '${MAX_BACKLOG}'
  limit 1`

const EXISTING = `select server_id as id from server_heartbeat where server_id = any($1::int[])`

/**
 * Looks at servers whose deadline may have passed and makes OFFLINE those that are silent, there and then.
 *
 * Their heartbeat rows are locked before they are read, so a heartbeat is either seen here or waits, finds the server
 * OFFLINE, and brings it back. A row that somebody else holds is being refreshed: it is skipped, never waited for.
 */
export function judgeExpiry(store: Store, ids: readonly ServerId[]): Promise<Map<ServerId, ExpiryAnswer>> {
  return inTransaction(store.pool, async (tx) => {
    const locked = await idsOf(tx, 'judge-lock', LOCK_ROWS, ids)
    const backlog = await tx.query({ name: 'judge-backlog', text: BACKLOG, values: [store.hubId] })
    const facts = await readFacts(tx, [...locked])
    if (facts.blind || backlog.rows.length > 0) return new Map(ids.map((id) => [id, { kind: 'blind' }]))

    const answers = new Map<ServerId, ExpiryAnswer>()
    for (const { facts: server, verdict } of await settleFacts(tx, facts, 'time')) {
      const deadline = verdict.nextTransitionAt
      answers.set(server.id, deadline === null ? { kind: 'settled' } : fresh(deadline - facts.now))
    }
    const skipped = ids.filter((id) => !locked.has(id))
    const existing = skipped.length > 0 ? await idsOf(tx, 'judge-existing', EXISTING, skipped) : new Set()
    for (const id of ids) {
      if (!answers.has(id)) answers.set(id, existing.has(id) ? { kind: 'busy' } : { kind: 'settled' })
    }
    return answers
  })
}

function fresh(remainingMs: number): ExpiryAnswer {
  return { kind: 'fresh', remainingMs: Math.max(0, remainingMs) }
}

async function idsOf(tx: Queryable, name: string, text: string, ids: readonly ServerId[]): Promise<Set<ServerId>> {
  const { rows } = await tx.query<{ id: ServerId }>({ name, text, values: [ids] })
  return new Set(rows.map((row) => row.id))
}
