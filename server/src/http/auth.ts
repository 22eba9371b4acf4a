import type { IncomingHttpHeaders } from 'node:http'
import type { Authenticator } from '../access/authenticator.ts'
import { ANONYMOUS, type Caller } from '../access/caller.ts'
import { Refusal } from '../errors.ts'
import { sessionSecretIn } from './session-cookie.ts'

/** What a request brings along to tell who sent it. */
export type Credential =
  | { readonly kind: 'none' }
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'session'; readonly secret: string }

/**
 * The credential of a request: `Authorization` (Bearer, or the password of Basic, whatever the user name), else the page's
 * cookie.
 *
 * @throws Refusal UNAUTHENTICATED for an Authorization header that holds no token. It never counts as none: whoever sends
 * a credential wants it looked at.
 */
export function credentialOf(headers: Pick<IncomingHttpHeaders, 'authorization' | 'cookie'>): Credential {
  if (headers.authorization !== undefined) return { kind: 'token', token: tokenIn(headers.authorization) }

  const secret = sessionSecretIn(headers.cookie)
  return secret ? { kind: 'session', secret } : { kind: 'none' }
}

/** The token in an `Authorization` header. @throws Refusal UNAUTHENTICATED */
export function tokenIn(authorization: string): string {
  const [, scheme = '', value = ''] = /^(\S+) +(\S+)\s*$/.exec(authorization) ?? []
  const token = scheme.toLowerCase() === 'basic' ? passwordIn(value) : scheme.toLowerCase() === 'bearer' ? value : ''
  if (token) return token
  throw new Refusal(
    'UNAUTHENTICATED',
    'The Authorization header holds no token: "Bearer TOKEN", or Basic with the token as password.',
  )
}

function passwordIn(basic: string): string {
  const [, ...password] = Buffer.from(basic, 'base64').toString('utf8').split(':')
  return password.join(':')
}

/**
 * Who sent it. A wrong credential is refused even where none is needed, under open ingest: an agent that was given a token
 * and sends a wrong one is misconfigured or revoked, and silently letting it in would hide that.
 *
 * @throws Refusal UNAUTHENTICATED for a wrong credential; UNAVAILABLE where it cannot be looked up
 */
export async function identify(credential: Credential, authenticator: Authenticator): Promise<Caller> {
  if (credential.kind === 'token') return authenticator.byToken(credential.token)
  if (credential.kind === 'session') return authenticator.bySession(credential.secret)
  return ANONYMOUS
}
