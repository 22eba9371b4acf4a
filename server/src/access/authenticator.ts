import type { ServerId } from '../core/types.ts'
import { Refusal } from '../errors.ts'
import type { ApiToken } from '../store/api-tokens.ts'
import type { Caller } from './caller.ts'
import { hashToken, MAX_TOKEN_LENGTH } from './tokens.ts'

/*
 * How long a credential is remembered, while we hear of changes, which void all that is remembered. While we do not, nothing
 * is believed: what was revoked on another hub would pass.
 */

/** Also past its expiry it may pass for this long. */
const CACHE_MS = 5_000
/** An agent comes back every 30 s, and its token does not expire. */
const AGENT_CACHE_MS = 600_000

/** Beyond this many callers the oldest answers are dropped: what one hub may serve. */
const MAX_CACHED = 250_000

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
  readonly #hearsChanges: () => boolean
  readonly #maxCached: number
  /** By the secret itself, which passes through this process with every request anyway: its hash would cost more. */
  readonly #tokens = new Map<string, Remembered>()
  readonly #sessions = new Map<string, Remembered>()
  #generation = 0
  /** Look-ups that are under way. */
  readonly #looking = new Set<Promise<unknown>>()

  constructor(
    credentials: Credentials,
    options: {
      readonly now?: () => number
      /** Whether we are told of changed credentials at this moment. Where it is left out, none are changed elsewhere. */
      readonly hearsChanges?: () => boolean
      readonly maxCached?: number
    } = {},
  ) {
    this.#credentials = credentials
    this.#now = options.now ?? (() => performance.now())
    this.#hearsChanges = options.hearsChanges ?? (() => true)
    this.#maxCached = options.maxCached ?? MAX_CACHED
  }

  /** The caller with this token, if that is remembered: without a look-up, and at once. */
  remembered(token: string): Caller | undefined {
    return this.#recall(this.#tokens, token)
  }

  /** The caller with this agent or API token. Refusal UNAUTHENTICATED for any other. */
  byToken(token: string): Promise<Caller> {
    return this.#identify(this.#tokens, token, async (hash) => {
      const found = await this.#credentials.findByTokenHash(hash)
      if (!found) throw new Refusal('UNAUTHENTICATED', 'This token is not known, has expired or was revoked.')
      if (found.kind === 'agent') return { kind: 'agent', serverId: found.serverId }
      return { kind: 'user', name: found.token.name, scope: found.token.scope, via: 'token' }
    })
  }

  /** The caller with this session secret. Refusal UNAUTHENTICATED for any other. */
  bySession(secret: string): Promise<Caller> {
    return this.#identify(this.#sessions, secret, async (hash) => {
      const token = await this.#credentials.findSession(hash)
      if (!token) throw new Refusal('UNAUTHENTICATED', 'The session has ended. Sign in again.')
      return { kind: 'user', name: token.name, scope: token.scope, via: 'session' }
    })
  }

  /** Forgets every answer, so that what was revoked just now is refused from here on. */
  forget(): void {
    this.#generation += 1
    this.#tokens.clear()
    this.#sessions.clear()
  }

  /** Resolves when everybody who is being looked up now is known, or refused. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#looking)
  }

  async #identify(
    memory: Map<string, Remembered>,
    secret: string,
    look: (hash: Buffer) => Promise<Caller>,
  ): Promise<Caller> {
    if (secret.length > MAX_TOKEN_LENGTH) throw new Refusal('UNAUTHENTICATED', 'This is not a token.')
    const known = this.#recall(memory, secret)
    if (known) return known

    const since = this.#now()
    const generation = this.#generation
    const looking = look(hashToken(secret))
    this.#looking.add(looking)
    const caller = await looking.finally(() => this.#looking.delete(looking))
    // An answer that was on its way while forget() ran may be the revoked one.
    if (generation === this.#generation) this.#remember(memory, secret, { caller, since })
    return caller
  }

  #remember(memory: Map<string, Remembered>, secret: string, answer: Remembered): void {
    memory.delete(secret)
    memory.set(secret, answer)
    if (memory.size <= this.#maxCached) return
    const [oldest] = memory.keys()
    if (oldest !== undefined) memory.delete(oldest)
  }

  #recall(memory: ReadonlyMap<string, Remembered>, secret: string): Caller | undefined {
    const found = memory.get(secret)
    if (!found || !this.#hearsChanges()) return undefined
    const lasts = found.caller.kind === 'agent' ? AGENT_CACHE_MS : CACHE_MS
    return this.#now() - found.since < lasts ? found.caller : undefined
  }
}

interface Remembered {
  readonly caller: Caller
  readonly since: number
}
