import { createHash, randomBytes } from 'node:crypto'

/** What a secret is for shows in its first letters, so that a leaked one is recognised. */
const PREFIX = { agent: 'ssa_', api: 'ssk_', session: 'sss_', code: 'ssc_' } as const

export type TokenKind = keyof typeof PREFIX

/** The longest credential that is looked at. Ours have 47 characters; a bootstrap token may have any number up to this. */
export const MAX_TOKEN_LENGTH = 512

/** A new secret: 256 random bits. */
export function newToken(kind: TokenKind): string {
  return PREFIX[kind] + randomBytes(32).toString('base64url')
}

/** What is stored of a secret. Plain SHA-256 suffices for 256 random bits: there is nothing to guess. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token, 'utf8').digest()
}
