import { type ApiToken, TOKEN_COLUMNS, TOKEN_IS_VALID } from './api-tokens.ts'
import { CHANNELS } from './channels.ts'
import type { Store } from './store.ts'
import { inTransaction, reachable } from './transaction.ts'

/** Keeps a one-time sign-in code; expired ones go on the way. */
export async function createSignInCode(store: Store, hash: Buffer, tokenId: number, ttlSeconds: number): Promise<void> {
  await inTransaction(store.pool, async (tx) => {
    await tx.query('delete from sign_in_code where expires_at < statement_timestamp()')
    await tx.query(
      `insert into sign_in_code (hash, token_id, expires_at)
       values ($1, $2, statement_timestamp() + $3::float8 * interval '1 second')`,
      [hash, tokenId, ttlSeconds],
    )
  })
}

/** Trades a code for a session, once. @returns false for a code that is unknown, used or expired. */
export function useSignInCode(
  store: Store,
  codeHash: Buffer,
  sessionHash: Buffer,
  ttlSeconds: number,
): Promise<boolean> {
  return inTransaction(store.pool, async (tx) => {
    const { rows } = await tx.query<{ tokenId: number }>(
      `delete from sign_in_code where hash = $1 and expires_at > statement_timestamp() returning token_id as "tokenId"`,
      [codeHash],
    )
    const tokenId = rows[0]?.tokenId
    if (tokenId === undefined) return false
    await tx.query(INSERT_SESSION, [sessionHash, tokenId, ttlSeconds])
    return true
  })
}

/** Signs a page in on behalf of a token; expired sessions go on the way. */
export async function createSession(store: Store, hash: Buffer, tokenId: number, ttlSeconds: number): Promise<void> {
  await inTransaction(store.pool, async (tx) => {
    await tx.query('delete from page_session where expires_at < statement_timestamp()')
    await tx.query(INSERT_SESSION, [hash, tokenId, ttlSeconds])
  })
}

/** The token that a session stands for, while both are valid. */
export async function findSession(store: Store, hash: Buffer): Promise<ApiToken | undefined> {
  const { rows } = await reachable(() =>
    store.watch.query<ApiToken>(
      `select ${TOKEN_COLUMNS} from page_session p join api_token t on t.id = p.token_id
       where p.hash = $1 and p.expires_at > statement_timestamp() and ${TOKEN_IS_VALID}`,
      [hash],
    ),
  )
  return rows[0]
}

/** Signs the page out, on every hub. A session that does not exist is no news: anybody may say one. */
export async function deleteSession(store: Store, hash: Buffer): Promise<void> {
  const existed = await inTransaction(store.pool, async (tx) => {
    const { rowCount } = await tx.query('delete from page_session where hash = $1', [hash])
    if (rowCount === 0) return false
    await tx.query(`select pg_notify($1, '')`, [CHANNELS.access])
    return true
  })
  if (existed) store.credentialsChanged()
}

const INSERT_SESSION = `
  insert into page_session (hash, token_id, expires_at)
  values ($1, $2, statement_timestamp() + $3::float8 * interval '1 second')`
