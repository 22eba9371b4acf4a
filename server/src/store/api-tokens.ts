import type { Instant, ServerId } from '../core/types.ts'
import { Refusal } from '../errors.ts'
import { CHANNELS } from './channels.ts'
import { ApiTokenEntity } from './entities/access.entity.ts'
import { ms } from './instant.ts'
import { isDuplicate } from './sqlstate.ts'
import type { Store } from './store.ts'
import { inTransaction, type Queryable, reachable } from './transaction.ts'

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
  try {
    const em = store.em()
    const entity = em.create(ApiTokenEntity, { ...token, lastUsedAt: null, revokedAt: null })
    await reachable(() => em.persist(entity).flush())
    return (await reachable(() => store.em().findOneOrFail(ApiTokenEntity, { id: entity.id }))) as ApiToken
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
  const agent = await reachable(() =>
    store.pool.query<{ id: ServerId }>('select id from server where agent_token_hash = $1 and deleted_at is null', [
      hash,
    ]),
  )
  if (agent.rows[0]) return { kind: 'agent', serverId: agent.rows[0].id }

  const api = await reachable(() =>
    store.pool.query<ApiToken>(
      `update api_token t set last_used_at = statement_timestamp() where hash = $1 and ${TOKEN_IS_VALID}
       returning ${TOKEN_COLUMNS}`,
      [hash],
    ),
  )
  return api.rows[0] && { kind: 'api', token: api.rows[0] }
}

async function forgetCredentials(tx: Queryable): Promise<void> {
  await tx.query(`select pg_notify($1, '')`, [CHANNELS.access])
}
