import { expect, test } from 'vitest'
import { codesOf, graphqlScene } from './graphql-scene.ts'

const CREATE =
  'mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) { apiToken { id name scope createdAt expiresAt lastUsedAt revokedAt } token } }'
const REVOKE = 'mutation ($id: ID!) { revokeApiToken(id: $id) { name revokedAt } }'
const LIST = '{ apiTokens { id name scope lastUsedAt revokedAt } }'

test('a token is shown once, does what its scope allows, and is refused as soon as it is revoked', async () => {
  const { data, ask } = await graphqlScene()
  const { createApiToken } = await data(CREATE, { input: { name: ' bot ', scope: 'OPERATE', expiresAt: null } })
  const { apiToken, token } = createApiToken
  expect(apiToken).toMatchObject({ name: 'bot', scope: 'OPERATE', expiresAt: null, lastUsedAt: null, revokedAt: null })
  expect(token).toMatch(/^ssk_[\w-]{43}$/)
  expect(await data('{ viewer { name scope } }', {}, token)).toEqual({ viewer: { name: 'bot', scope: 'OPERATE' } })

  const { apiTokens } = await data(LIST)
  expect(apiTokens[0]).toMatchObject({ id: apiToken.id, scope: 'OPERATE', lastUsedAt: expect.any(String) })
  expect(JSON.stringify(apiTokens)).not.toContain(token)

  const { revokeApiToken } = await data(REVOKE, { id: apiToken.id })
  expect(revokeApiToken).toEqual({ name: 'bot', revokedAt: expect.any(String) })
  expect(await data(REVOKE, { id: apiToken.id })).toEqual({ revokeApiToken })
  await expect.poll(async () => codesOf(await ask('{ viewer { name } }', {}, token))).toEqual(['UNAUTHENTICATED'])
  expect((await data(LIST)).apiTokens[0]).toMatchObject({ id: apiToken.id, revokedAt: revokeApiToken.revokedAt })
})

test('the name of a revoked token is free again', async () => {
  const { data, ask } = await graphqlScene()
  const bot = { input: { name: 'bot', scope: 'READ' } }
  const { createApiToken } = await data(CREATE, bot)
  expect(codesOf(await ask(CREATE, bot))).toEqual(['CONFLICT input.name'])
  await data(REVOKE, { id: createApiToken.apiToken.id })
  await data(CREATE, bot)
})

test('a token expires', async () => {
  const { data, ask, hub } = await graphqlScene()
  const expiresAt = '2099-12-31T23:59:59.000Z'
  const { createApiToken } = await data(CREATE, { input: { name: 'guest', scope: 'READ', expiresAt } })
  expect(createApiToken.apiToken.expiresAt).toBe(expiresAt)

  await hub.store.pool.query(`update api_token set expires_at = statement_timestamp() where name = 'guest'`)
  expect(codesOf(await ask('{ viewer { name } }', {}, createApiToken.token))).toEqual(['UNAUTHENTICATED'])
})

test.each([
  ['an empty name', { name: ' ', scope: 'READ' }, 'BAD_USER_INPUT input.name'],
  ['NUL in a name', { name: 'a\0', scope: 'READ' }, 'BAD_USER_INPUT input.name'],
  ['a name too long', { name: 'x'.repeat(101), scope: 'READ' }, 'BAD_USER_INPUT input.name'],
  ['an unknown scope', { name: 'a', scope: 'ROOT' }, 'BAD_USER_INPUT input.scope'],
  ['no scope', { name: 'a' }, 'BAD_USER_INPUT input'],
  [
    'an expiry in the past',
    { name: 'a', scope: 'READ', expiresAt: '2020-01-01T00:00:00Z' },
    'BAD_USER_INPUT input.expiresAt',
  ],
])('%s is refused', async (_, input, code) => {
  const { ask, log } = await graphqlScene()
  expect(codesOf(await ask(CREATE, { input }))).toEqual([code])
  expect(log).not.toHaveBeenCalled()
})

test('tokens are for admins only, and an id that no token has is refused', async () => {
  const { ask, tokens } = await graphqlScene()
  for (const query of [LIST, 'mutation { revokeApiToken(id: 1) { id } }']) {
    expect(codesOf(await ask(query, {}, tokens.operate))).toEqual(['FORBIDDEN'])
  }
  expect(codesOf(await ask(CREATE, { input: { name: 'a', scope: 'READ' } }, tokens.operate))).toEqual(['FORBIDDEN'])
  expect(codesOf(await ask(REVOKE, { id: '999' }))).toEqual(['NOT_FOUND'])
  expect(codesOf(await ask(REVOKE, { id: 'x' }))).toEqual(['BAD_USER_INPUT id'])
})
