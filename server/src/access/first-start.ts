import { hostname } from 'node:os'
import { join } from 'node:path'
import { Refusal } from '../errors.ts'
import { countAdminTokens, createApiToken, findByTokenHash, putBootstrapToken } from '../store/api-tokens.ts'
import { createSignInCode } from '../store/sessions.ts'
import type { Store } from '../store/store.ts'
import { readSecretFile, writeSecretFile } from './secret-file.ts'
import { hashToken, newToken } from './tokens.ts'

/** A sign-in link that nobody opened within this time is void. */
const SIGN_IN_CODE_SECONDS = 15 * 60

/** PostgreSQL's code for the same secret stored twice. */
const UNIQUE_VIOLATION = '23505'

export interface HubAccess {
  /** Admin token for programs on this machine; kept in `hub.json`. */
  readonly localToken: string
  /** A fresh one-time code, good for one sign-in to the page. */
  readonly signInCode: string
  /** Where the admin token was written, if this start made it. */
  readonly adminTokenFile: string | null
}

/**
 * Makes sure that somebody can get in: the admin token at the first start, the local token of this data directory, and a
 * one-time sign-in code at every start.
 *
 * `bootstrapToken` is the admin token of an automated set-up; where it is given, none is made.
 */
export async function prepareAccess(
  store: Store,
  options: { readonly dataDir: string; readonly bootstrapToken?: string | undefined },
): Promise<HubAccess> {
  if (options.bootstrapToken) await putBootstrapToken(store, hashToken(options.bootstrapToken))
  const adminTokenFile = await makeFirstAdmin(store, options.dataDir)
  const localToken = await ensureLocalToken(store, options.dataDir)

  const kept = await readSecretFile(adminTokenPath(options.dataDir))
  const signer =
    (await knownToken(store, options.bootstrapToken)) ??
    (await knownToken(store, kept)) ??
    (await knownToken(store, localToken))
  if (signer === undefined) throw new Error('The local token is not known to the database that has just stored it')
  const signInCode = newToken('code')
  await createSignInCode(store, hashToken(signInCode), signer, SIGN_IN_CODE_SECONDS)
  return { localToken, signInCode, adminTokenFile }
}

/** Tells programs on this machine where the hub is and how to get in. */
export async function writeHubFile(
  dataDir: string,
  hub: { readonly url: string; readonly token: string },
): Promise<void> {
  await writeSecretFile(join(dataDir, 'hub.json'), JSON.stringify(hub))
}

/** The admin token of a database that has none. A token file left by an earlier database is used again. */
async function makeFirstAdmin(store: Store, dataDir: string): Promise<string | null> {
  if ((await countAdminTokens(store)) > 0) return null
  const file = adminTokenPath(dataDir)
  const kept = await readSecretFile(file)
  const token = kept && (await createNamedToken(store, ['admin'], kept)) ? kept : newToken('api')
  // Where the name is taken, another hub on the same database was a moment faster.
  if (token !== kept && !(await createNamedToken(store, ['admin'], token))) return null

  await writeSecretFile(file, token)
  return file
}

function adminTokenPath(dataDir: string): string {
  return join(dataDir, 'admin-token')
}

async function ensureLocalToken(store: Store, dataDir: string): Promise<string> {
  const kept = localTokenIn(await readSecretFile(join(dataDir, 'hub.json')))
  if (kept !== undefined && (await knownToken(store, kept)) !== undefined) return kept

  const token = newToken('api')
  const place = `local ${hostname()}`
  const names = ['local', place, `${place} ${token.slice(-6)}`]
  if (!(await createNamedToken(store, names, token))) throw new Error('No name was left for the local token')
  await writeHubFile(dataDir, { url: '', token })
  return token
}

function localTokenIn(hubFile: string | undefined): string | undefined {
  try {
    const { token } = JSON.parse(hubFile ?? '{}') as { token?: unknown }
    return typeof token === 'string' ? token : undefined
  } catch {
    return undefined
  }
}

/** The id of this API token, where the database knows it. */
async function knownToken(store: Store, token: string | undefined): Promise<number | undefined> {
  if (token === undefined) return undefined
  const found = await findByTokenHash(store, hashToken(token))
  return found?.kind === 'api' && found.token.scope === 'admin' ? found.token.id : undefined
}

/** Stores an admin token under the first name that is free. False where none is, or where this token was revoked. */
async function createNamedToken(store: Store, names: readonly string[], token: string): Promise<boolean> {
  for (const name of names) {
    try {
      await createApiToken(store, { name, scope: 'admin', hash: hashToken(token), expiresAt: null })
      return true
    } catch (error) {
      if ((error as { code?: unknown }).code === UNIQUE_VIOLATION) return false
      if (!(error instanceof Refusal && error.code === 'CONFLICT')) throw error
    }
  }
  return false
}
