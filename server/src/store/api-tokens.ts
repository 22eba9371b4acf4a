import DataLoader from 'dataloader'
import type { Instant, ServerId } from '../core/types.ts'
import { Refusal } from '../errors.ts'
import { CHANNELS } from './channels.ts'
import { ApiTokenEntity } from './entities/access.entity.ts'
import { ms, timestamp } from './instant.ts'
import { isDuplicate } from './sqlstate.ts'
import type { Store } from './store.ts'
import { inStatement, inTransaction, type Queryable, reachable } from './transaction.ts'

export type Scope = 'read' | 'operate' | 'admin'

/** A credential for people and tools. Its secret is known only to whoever was shown it. */
export interface ApiToken {
  readonly id: number
  readonly name: string
  readonly scope: Scope
  readonly createdAt: Instant
  readonly expiresAt: Instant | null
  readonly lastUsedAt: Instant | null
  readonly revokedAt: Instant | null
}

export interface NewApiToken {
  readonly name: string
  readonly scope: Scope
  readonly hash: Buffer
  readonly expiresAt: Instant | null
}

export type TokenHolder =
  | { readonly kind: 'agent'; readonly serverId: ServerId }
  | { readonly kind: 'api'; readonly token: ApiToken }

const BOOTSTRAP = 'bootstrap'

export const TOKEN_COLUMNS = `
  t.id, t.name, t.scope, ${ms('t.created_at')} as "createdAt", ${ms('t.expires_at')} as "expiresAt",
  ${ms('t.last_used_at')} as "lastUsedAt", ${ms('t.revoked_at')} as "revokedAt"`

export const TOKEN_IS_VALID = `t.revoked_at is null and (t.expires_at is null or t.expires_at > statement_timestamp())`

/** @throws Refusal CONFLICT for a name in use */
export async function createApiToken(store: Store, token: NewApiToken): Promise<ApiToken> {
  const { name, scope, hash, expiresAt } = token
  try {
    const { rows } = await inStatement<ApiToken>(store.pool, () => ({
      text: `
        insert into api_token as t (name, scope, hash, expires_at) values ($1, $2, $3, ${timestamp('$4')})
        returning ${TOKEN_COLUMNS}`,
      values: [name, scope, hash, expiresAt],
    }))
    return rows[0] as ApiToken
  } catch (error) {
    if (!isDuplicate(error, 'api_token_name_key')) throw error
    throw new Refusal('CONFLICT', 'Another token has this name.', { field: 'input.name' })
  }
}

/** Makes this secret the admin token named "bootstrap", and void the one before. */
export function putBootstrapToken(store: Store, hash: Buffer): Promise<void> {
  return inTransaction(store.pool, async (tx) => {
    const { rows } = await tx.query(
      `select 1 from api_token where name = $1 and hash = $2 and scope = 'admin' and revoked_at is null`,
      [BOOTSTRAP, hash],
    )
    if (rows.length > 0) return
    await tx.query('update api_token set revoked_at = statement_timestamp() where name = $1 and revoked_at is null', [
      BOOTSTRAP,
    ])
    await tx.query(
      `insert into api_token (name, scope, hash) values ($1, 'admin', $2)
       on conflict (hash) do update set name = $1, scope = 'admin', revoked_at = null, expires_at = null`,
      [BOOTSTRAP, hash],
    )
    await forgetCredentials(tx)
  })
}

/** How many admin tokens are not revoked; one that has expired counts. */
export async function countAdminTokens(store: Store): Promise<number> {
  return reachable(() => store.em().count(ApiTokenEntity, { scope: 'admin', revokedAt: null }))
}

/** Newest first; revoked ones too. */
export async function listApiTokens(store: Store): Promise<ApiToken[]> {
  return reachable(() => store.em().find(ApiTokenEntity, {}, { orderBy: { id: 'desc' } }))
}

/** Voids the token and the pages that were signed in with it. @throws Refusal NOT_FOUND */
export async function revokeApiToken(store: Store, id: number): Promise<ApiToken> {
  const revoked = await inTransaction(store.pool, async (tx) => {
    const { rows } = await tx.query<ApiToken>(
      `update api_token t set revoked_at = coalesce(revoked_at, statement_timestamp()) where id = $1 returning ${TOKEN_COLUMNS}`,
      [id],
    )
    if (!rows[0]) throw new Refusal('NOT_FOUND', 'No token has this id.')
    await tx.query('delete from page_session where token_id = $1', [id])
    await forgetCredentials(tx)
    return rows[0]
  })
  store.credentialsChanged()
  return revoked
}

/** Whose secret this is the hash of. Deleted servers, revoked and expired tokens are not found. */
export async function findByTokenHash(store: Store, hash: Buffer): Promise<TokenHolder | undefined> {
  const [holder] = await findByTokenHashes(store, [hash])
  return holder
}

/**
 * The same for several, in their order: after a start, or when everything that was remembered is void, a whole fleet asks.
 */
export async function findByTokenHashes(store: Store, hashes: readonly Buffer[]): Promise<(TokenHolder | undefined)[]> {
  const holders = new Map<string, TokenHolder>()
  const agents = await reachable(() =>
    store.watch.query<{ id: ServerId; hash: Buffer }>(
      `select id, agent_token_hash as hash from server where agent_token_hash = any($1::bytea[]) and deleted_at is null`,
      [hashes],
    ),
  )
  for (const { id, hash } of agents.rows) holders.set(hash.toString('hex'), { kind: 'agent', serverId: id })

  const others = hashes.filter((hash) => !holders.has(hash.toString('hex')))
  if (others.length > 0) {
    const tokens = await reachable(() =>
      store.watch.query<ApiToken & { hash: Buffer }>(
        `update api_token t set last_used_at = statement_timestamp()
         where id in (select id from api_token where hash = any($1::bytea[]) order by id for update) and ${TOKEN_IS_VALID}
         returning ${TOKEN_COLUMNS}, t.hash`,
        [others],
      ),
    )
    for (const { hash, ...token } of tokens.rows) holders.set(hash.toString('hex'), { kind: 'api', token })
  }
  return hashes.map((hash) => holders.get(hash.toString('hex')))
}

/** Look-ups that come in one turn of the event loop go together. */
export function tokenLookUp(store: Store): (hash: Buffer) => Promise<TokenHolder | undefined> {
  const loader = new DataLoader((hashes: readonly Buffer[]) => findByTokenHashes(store, hashes), {
    cache: false,
    maxBatchSize: 1_000,
    batchScheduleFn: (callback) => void setImmediate(callback),
  })
  return (hash) => loader.load(hash)
}

async function forgetCredentials(tx: Queryable): Promise<void> {
  await tx.query(`select pg_notify($1, '')`, [CHANNELS.access])
}
