import { expect, test, vi } from 'vitest'
import { apiToken } from '../../test/support/api-token.ts'
import { Authenticator } from './authenticator.ts'
import { hashToken } from './tokens.ts'

const TOKEN = apiToken('dashboard', 'read')

/** An authenticator that knows the agent token "agent", the API token "api" and the session "session". */
function scene() {
  const clock = { ms: 0 }
  const known = new Map<string, unknown>([
    [hashToken('agent').toString('hex'), { kind: 'agent', serverId: 7 }],
    [hashToken('api').toString('hex'), { kind: 'api', token: TOKEN }],
  ])
  const findByTokenHash = vi.fn(async (hash: Buffer) => known.get(hash.toString('hex')) as never)
  const findSession = vi.fn(async (hash: Buffer) => (hash.equals(hashToken('session')) ? TOKEN : undefined))
  const hearing = { changes: true }
  const authenticator = new Authenticator(
    { findByTokenHash, findSession },
    { now: () => clock.ms, hearsChanges: () => hearing.changes },
  )
  return { authenticator, findByTokenHash, findSession, clock, known, hearing }
}

test('tokens and sessions tell who is calling', async () => {
  const { authenticator } = scene()
  expect(await authenticator.byToken('agent')).toEqual({ kind: 'agent', serverId: 7 })
  expect(await authenticator.byToken('api')).toEqual({ kind: 'user', name: 'dashboard', scope: 'read', via: 'token' })
  expect(await authenticator.bySession('session')).toMatchObject({ name: 'dashboard', via: 'session' })
})

test('an unknown credential is refused', async () => {
  const { authenticator } = scene()
  await expect(authenticator.byToken('wrong')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  await expect(authenticator.bySession('wrong')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
})

test('a session secret is no token and a token no session', async () => {
  const { authenticator } = scene()
  await authenticator.byToken('api')
  await authenticator.bySession('session')
  await expect(authenticator.bySession('api')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  await expect(authenticator.byToken('session')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
})

test('an endless credential is refused without a look-up', async () => {
  const { authenticator, findByTokenHash } = scene()
  await expect(authenticator.byToken('x'.repeat(1_000_000))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  expect(findByTokenHash).not.toHaveBeenCalled()
})

test('an answer is remembered for less than five seconds', async () => {
  const { authenticator, findByTokenHash, clock } = scene()
  await authenticator.byToken('api')
  clock.ms = 4_999
  await authenticator.byToken('api')
  expect(findByTokenHash).toHaveBeenCalledTimes(1)

  clock.ms = 5_000
  await authenticator.byToken('api')
  expect(findByTokenHash).toHaveBeenCalledTimes(2)
})

test("an agent's token is remembered for ten minutes", async () => {
  const { authenticator, findByTokenHash, clock } = scene()
  expect(authenticator.remembered('agent')).toBeUndefined()
  await authenticator.byToken('agent')
  clock.ms = 599_999
  expect(authenticator.remembered('agent')).toEqual({ kind: 'agent', serverId: 7 })

  clock.ms = 600_000
  await authenticator.byToken('agent')
  expect(findByTokenHash).toHaveBeenCalledTimes(2)
})

test('while changes are not heard of, nothing that is remembered is believed', async () => {
  const { authenticator, known, hearing } = scene()
  await Promise.all([authenticator.byToken('agent'), authenticator.byToken('api'), authenticator.bySession('session')])
  known.clear()
  hearing.changes = false
  expect(authenticator.remembered('agent')).toBeUndefined()
  await expect(authenticator.byToken('agent')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  await expect(authenticator.byToken('api')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
})

test('what was revoked is not remembered', async () => {
  const { authenticator } = scene()
  await authenticator.byToken('agent')
  authenticator.forget()
  expect(authenticator.remembered('agent')).toBeUndefined()
})

test('an unknown token is not remembered, so that it works as soon as it exists', async () => {
  const { authenticator, known } = scene()
  await expect(authenticator.byToken('new')).rejects.toThrow()
  known.set(hashToken('new').toString('hex'), { kind: 'agent', serverId: 8 })
  expect(await authenticator.byToken('new')).toEqual({ kind: 'agent', serverId: 8 })
})

test('what was revoked is refused after forget, even if it was being looked up', async () => {
  const { authenticator, known } = scene()
  const onItsWay = authenticator.byToken('api')
  known.clear()
  authenticator.forget()
  await onItsWay
  await expect(authenticator.byToken('api')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
})

test('whoever is being looked up can be waited for, also where they are refused', async () => {
  const answer = Promise.withResolvers<undefined>()
  const authenticator = new Authenticator({ findByTokenHash: () => answer.promise, findSession: async () => undefined })
  await authenticator.settled()
  const refused = expect(authenticator.byToken('slow')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  const settled = vi.fn()
  const waiting = authenticator.settled().then(settled)
  await new Promise(setImmediate)
  expect(settled).not.toHaveBeenCalled()
  answer.resolve(undefined)
  await Promise.all([refused, waiting])
})

test('memory stays bounded whoever calls', async () => {
  const findByTokenHash = vi.fn(async () => ({ kind: 'agent' as const, serverId: 1 }))
  const authenticator = new Authenticator(
    { findByTokenHash, findSession: async () => undefined },
    { now: () => 0, maxCached: 100 },
  )
  for (let n = 0; n <= 100; n += 1) await authenticator.byToken(`token ${n}`)
  findByTokenHash.mockClear()

  await authenticator.byToken('token 100')
  expect(findByTokenHash).not.toHaveBeenCalled()
  await authenticator.byToken('token 0')
  expect(findByTokenHash).toHaveBeenCalledOnce()
})
