import type { ApiToken } from '../../src/store/api-tokens.ts'

/** A token that is good for ever. */
export function apiToken(name: string, scope: ApiToken['scope']): ApiToken {
  return { id: 1, name, scope, createdAt: 0, expiresAt: null, lastUsedAt: null, revokedAt: null }
}
