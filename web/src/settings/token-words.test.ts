import { expect, test } from 'vitest'
import type { TokenFactsFragment } from '../api/generated/graphql.ts'
import { ending, isUsable } from './token-words.ts'

const NOON = Date.UTC(2026, 0, 1, 12)
const at = (ms: number) => new Date(ms).toISOString()

function token(facts: Partial<TokenFactsFragment>): TokenFactsFragment {
  const createdAt = at(NOON - 60_000)
  return {
    id: '1',
    name: 'bot',
    scope: 'READ',
    createdAt,
    expiresAt: null,
    lastUsedAt: null,
    revokedAt: null,
    ...facts,
  }
}

test.each([
  ['lasts', {}, true, 'never'],
  ['ends later', { expiresAt: at(NOON + 1) }, true, '12:00:00'],
  ['ends now', { expiresAt: at(NOON) }, false, 'expired 12:00:00'],
  ['was revoked', { revokedAt: at(NOON - 1_000) }, false, 'revoked 11:59:59'],
  ['was revoked before its end', { expiresAt: at(NOON + 1), revokedAt: at(NOON - 1_000) }, false, 'revoked 11:59:59'],
])('a token that %s', (_, facts, usable, said) => {
  expect(isUsable(token(facts), NOON)).toBe(usable)
  expect(ending(token(facts), { now: NOON, live: true })).toBe(said)
})
