import { Refusal } from '../errors.ts'
import { findByTokenHash } from '../store/api-tokens.ts'
import { createSession, deleteSession, useSignInCode } from '../store/sessions.ts'
import type { Store } from '../store/store.ts'
import type { Authenticator } from './authenticator.ts'
import { hashToken, MAX_TOKEN_LENGTH, newToken } from './tokens.ts'

export const SESSION_SECONDS = 30 * 24 * 3_600

/** Signs people in to the page. A session stands for an API token, and ends with it. */
export class Sessions {
  readonly #store: Store
  readonly #authenticator: Authenticator

  constructor(store: Store, authenticator: Authenticator) {
    this.#store = store
    this.#authenticator = authenticator
  }

  /** Opens a session for whoever has this API token; answers its secret. @throws Refusal UNAUTHENTICATED, FORBIDDEN */
  async openByToken(token: string): Promise<string> {
    const found = token.length > MAX_TOKEN_LENGTH ? undefined : await findByTokenHash(this.#store, hashToken(token))
    if (!found) throw new Refusal('UNAUTHENTICATED', 'This token is not known, has expired or was revoked.')
    if (found.kind === 'agent')
      throw new Refusal('FORBIDDEN', 'An agent token reports for its server; it cannot sign in.')

    const secret = newToken('session')
    await createSession(this.#store, hashToken(secret), found.token.id, SESSION_SECONDS)
    return secret
  }

  /** Opens a session by a one-time sign-in code and uses it up; answers its secret. @throws Refusal UNAUTHENTICATED */
  async openByCode(code: string): Promise<string> {
    const secret = newToken('session')
    const opened =
      code.length <= MAX_TOKEN_LENGTH &&
      (await useSignInCode(this.#store, hashToken(code), hashToken(secret), SESSION_SECONDS))
    if (!opened) throw new Refusal('UNAUTHENTICATED', 'This sign-in link has expired or was used before.')
    return secret
  }

  /** Ends the session, here and on all hubs at once. */
  async close(secret: string): Promise<void> {
    await deleteSession(this.#store, hashToken(secret))
    this.#authenticator.forget()
  }
}
