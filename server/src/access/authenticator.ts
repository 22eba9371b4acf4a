import type { ServerId } from '../core/types.ts'
import { Refusal } from '../errors.ts'
import type { ApiToken } from '../store/api-tokens.ts'
import type { Caller } from './caller.ts'
import { hashToken, MAX_TOKEN_LENGTH } from './tokens.ts'

/** A revoked credential may still pass for this long on another hub. */
const CACHE_MS = 5_000

/** Beyond this many callers the oldest answers are dropped. */
const MAX_CACHED = 20_000

/** Where credentials are looked up, by SHA-256. Deleted servers, revoked and expired tokens are not found. */
export interface Credentials {
  findByTokenHash(
    hash: Buffer,
  ): Promise<{ kind: 'agent'; serverId: ServerId } | { kind: 'api'; token: ApiToken } | undefined>
  findSession(hash: Buffer): Promise<ApiToken | undefined>
}

/**
 * Tells who a credential belongs to.
 *
 * Only found credentials are remembered: a token must work from the moment it is made.
 */
export class Authenticator {
  readonly #credentials: Credentials
  readonly #now: () => number
  readonly #cache = new Map<string, { readonly caller: Caller; readonly until: number }>()
  #generation = 0

  constructor(credentials: Credentials, now: () => number = () => performance.now()) {
    this.#credentials = credentials
    this.#now = now
  }

  /** The caller with this agent or API token. Refusal UNAUTHENTICATED for any other. */
  byToken(token: string): Promise<Caller> {
    return this.#identify('token', token, async (hash) => {
      const found = await this.#credentials.findByTokenHash(hash)
      if (!found) throw new Refusal('UNAUTHENTICATED', 'This token is not known, has expired or was revoked.')
      if (found.kind === 'agent') return { kind: 'agent', serverId: found.serverId }
      return { kind: 'user', name: found.token.name, scope: found.token.scope, via: 'token' }
    })
  }

  /** The caller with this session secret. Refusal UNAUTHENTICATED for any other. */
  bySession(secret: string): Promise<Caller> {
    return this.#identify('session', secret, async (hash) => {
      const token = await this.#credentials.findSession(hash)
      if (!token) throw new Refusal('UNAUTHENTICATED', 'The session has ended. Sign in again.')
      return { kind: 'user', name: token.name, scope: token.scope, via: 'session' }
    })
  }

  /** Forgets every answer, so that what was revoked just now is refused from here on. */
  forget(): void {
    this.#generation += 1
    this.#cache.clear()
  }

  async #identify(kind: string, secret: string, look: (hash: Buffer) => Promise<Caller>): Promise<Caller> {
    if (secret.length > MAX_TOKEN_LENGTH) throw new Refusal('UNAUTHENTICATED', 'This is not a token.')
    const hash = hashToken(secret)
    const key = `${kind} ${hash.toString('base64')}`
    const cached = this.#cache.get(key)
    if (cached && cached.until > this.#now()) return cached.caller

    const until = this.#now() + CACHE_MS
    const generation = this.#generation
    const caller = await look(hash)
    // An answer that was on its way while forget() ran may be the revoked one.
    if (generation === this.#generation) this.#remember(key, caller, until)
    return caller
  }

  #remember(key: string, caller: Caller, until: number): void {
    this.#cache.delete(key)
    this.#cache.set(key, { caller, until })
    if (this.#cache.size <= MAX_CACHED) return
    const [oldest] = this.#cache.keys()
    if (oldest !== undefined) this.#cache.delete(oldest)
  }
}
