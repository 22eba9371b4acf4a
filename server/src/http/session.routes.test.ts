import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { BEARER, type ServedRoutes, serve } from '../../test/support/routes-scene.ts'

let hub: ServedRoutes
beforeEach(async () => {
  hub = await serve()
})
afterEach(() => hub.stop())

describe('/api/session', () => {
  test('a token opens a session that no script can read', async () => {
    const answer = await hub.post('/api/session', { token: 'token' })
    expect(answer.status).toBe(204)
    expect(answer.headers.get('set-cookie')).toBe(
      'stacksense_session=secret; Max-Age=2592000; Path=/; HttpOnly; SameSite=Strict',
    )
  })

  test('behind TLS the cookie travels by TLS only', async () => {
    const answer = await hub.post('/api/session', { token: 'token' }, { 'x-forwarded-proto': 'https' })
    expect(answer.headers.get('set-cookie')).toMatch(/; Secure$/)
  })

  test('an old cookie is no hindrance', async () => {
    const answer = await hub.post('/api/session', { code: 'code' }, { cookie: 'stacksense_session=old' })
    expect(answer.status).toBe(204)
  })

  test.each([
    ['nothing', undefined, 400],
    ['neither', {}, 400],
    ['both', { token: 'token', code: 'code' }, 400],
    ['a number', { token: 1 }, 400],
    ['null', 'null', 400],
    ['a list', '[]', 400],
    ['malformed JSON', '{', 400],
    ['a poisoned prototype', '{"__proto__": {"token": "token"}}', 400],
    ['a wrong token', { token: 'wrong' }, 401],
  ])('%s signs nobody in', async (_, body, status) => {
    const answer = await hub.post('/api/session', body)
    expect(answer.status).toBe(status)
    expect(answer.headers.get('set-cookie')).toBeNull()
    expect(await answer.json()).toHaveProperty('code')
  })

  test('a form of another site signs nobody in', async () => {
    const form = await hub.post('/api/session', 'token=token', { 'content-type': 'application/x-www-form-urlencoded' })
    expect(form.status).toBe(415)
    const script = await hub.post('/api/session', { token: 'token' }, { origin: 'http://evil.example' })
    expect(script.status).toBe(403)
    expect(hub.sessions.openByToken).not.toHaveBeenCalled()
  })

  test('guessing is slowed down', async () => {
    const guesses = await Promise.all(Array.from({ length: 15 }, () => hub.post('/api/session', { token: 'guess' })))
    expect(guesses.filter(({ status }) => status === 401)).toHaveLength(10)
    const held = await hub.post('/api/session', { token: 'token' })
    expect(held.status).toBe(429)
    expect(Number(held.headers.get('retry-after'))).toBeGreaterThan(50)
    expect(await held.json()).toMatchObject({ code: 'RATE_LIMITED' })
  })

  test('guesses behind a proxy on this machine count for whoever made them', async () => {
    const guess = (from: string) => hub.post('/api/session', { token: 'guess' }, { 'x-forwarded-for': from })
    for (let n = 0; n < 10; n += 1) await guess('203.0.113.1')
    expect((await guess('203.0.113.1')).status).toBe(429)
    expect((await guess('203.0.113.2')).status).toBe(401)
  })

  test('it says who is signed in', async () => {
    const answer = await fetch(`${hub.url}/api/session`, { headers: { cookie: 'stacksense_session=session' } })
    expect(await answer.json()).toEqual({ name: 'admin', scope: 'admin' })
    const nobody = await fetch(`${hub.url}/api/session`)
    expect(nobody.status).toBe(401)
    expect(nobody.headers.get('www-authenticate')).toBe('Bearer realm="StackSense"')
    expect((await fetch(`${hub.url}/api/session`, { headers: BEARER })).status).toBe(403)
  })

  test('signing out ends the session and empties the cookie', async () => {
    const answer = await fetch(`${hub.url}/api/session`, {
      method: 'DELETE',
      headers: { cookie: 'stacksense_session=session' },
    })
    expect(answer.status).toBe(204)
    expect(answer.headers.get('set-cookie')).toMatch(/^stacksense_session=; Max-Age=0; /)
    expect(hub.sessions.close).toHaveBeenCalledExactlyOnceWith('session')
  })
})
