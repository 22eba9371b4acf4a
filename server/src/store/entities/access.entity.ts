import { defineEntity, p } from '@mikro-orm/core'
import { InstantType } from '../instant.ts'

export const ApiTokenEntity = defineEntity({
  name: 'ApiToken',
  tableName: 'api_token',
  properties: {
    id: p.integer().primary().autoincrement(),
    name: p.text().name('name'),
    scope: p.text().$type<'read' | 'operate' | 'admin'>().name('scope'),
    hash: p.blob().name('hash').hidden().lazy(),
    createdAt: p.type(InstantType).name('created_at').defaultRaw('statement_timestamp()'),
    expiresAt: p.type(InstantType).name('expires_at').strictNullable(),
    lastUsedAt: p.type(InstantType).name('last_used_at').strictNullable(),
    revokedAt: p.type(InstantType).name('revoked_at').strictNullable(),
  },
})

/** A signed-in page: the hash of its cookie, and the token that it stands for. */
export const PageSessionEntity = defineEntity({
  name: 'PageSession',
  tableName: 'page_session',
  properties: {
    hash: p.blob().primary().name('hash'),
    tokenId: p.integer().name('token_id'),
    createdAt: p.type(InstantType).name('created_at').defaultRaw('statement_timestamp()'),
    expiresAt: p.type(InstantType).name('expires_at'),
  },
})

/** A one-time sign-in link. */
export const SignInCodeEntity = defineEntity({
  name: 'SignInCode',
  tableName: 'sign_in_code',
  properties: {
    hash: p.blob().primary().name('hash'),
    tokenId: p.integer().name('token_id'),
    expiresAt: p.type(InstantType).name('expires_at'),
  },
})
