import { expect, test, vi } from 'vitest'
import { readSession, rememberSignedIn, signIn, wasSignedIn } from './session.ts'

const answers = (status: number, body?: unknown) =>
  vi.fn(async () => new Response(body === undefined ? null : JSON.stringify(body), { status }))

test('nobody is signed in: no session, and no error', async () => {
  expect(await readSession(answers(401))).toBeNull()
  await expect(readSession(answers(503))).rejects.toThrow('503')
})

test('a code is presented as a code, a token as a token', async () => {
  const fetch = answers(204)
  expect(await signIn(fetch, { code: 'ssc_1' })).toBeUndefined()
  expect(fetch).toHaveBeenCalledWith('/api/session', expect.objectContaining({ body: '{"code":"ssc_1"}' }))
})

test('why a sign-in was refused is said in words that tell what to do', async () => {
  expect((await signIn(answers(401), { code: 'ssc_1' }))?.message).toContain('used before or is too old')
  expect((await signIn(answers(401), { token: 'ssk_1' }))?.message).toContain('revoked')
  expect((await signIn(answers(429, { error: 'Too many tries. Wait 1 min.' }), { token: 'x' }))?.message).toBe(
    'Too many tries. Wait 1 min.',
  )
  expect((await signIn(answers(500), { token: 'x' }))?.message).toBe('The hub answered 500.')
  const away = vi.fn(async () => Promise.reject(new TypeError('Failed to fetch')))
  expect((await signIn(away, { token: 'x' }))?.message).toContain('does not answer')
})

test('that somebody was signed in is remembered until nobody is, and never who', () => {
  localStorage.clear()
  expect(wasSignedIn(localStorage)).toBe(false)
  rememberSignedIn(localStorage, { name: 'Mara K.', scope: 'admin' })
  expect(wasSignedIn(localStorage)).toBe(true)
  expect(JSON.stringify({ ...localStorage })).not.toContain('Mara')
  rememberSignedIn(localStorage, null)
  expect(wasSignedIn(localStorage)).toBe(false)
})
