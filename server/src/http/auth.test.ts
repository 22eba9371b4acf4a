import { describe, expect, test } from 'vitest'
import { credentialOf } from './auth.ts'

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`

describe('the credential of a request', () => {
  test.each([
    ['Bearer', { authorization: 'Bearer ssa_x' }, { kind: 'token', token: 'ssa_x' }],
    ['bearer in small letters', { authorization: 'bearer  ssa_x ' }, { kind: 'token', token: 'ssa_x' }],
    ['the password of Basic', { authorization: basic('agent:ssa_x') }, { kind: 'token', token: 'ssa_x' }],
    ['a password without user name', { authorization: basic(':ssa_x') }, { kind: 'token', token: 'ssa_x' }],
    ['a password with colons', { authorization: basic('agent:a:b') }, { kind: 'token', token: 'a:b' }],
    ['the cookie', { cookie: 'a=b; stacksense_session=sss_x' }, { kind: 'session', secret: 'sss_x' }],
    [
      'the header before the cookie',
      { authorization: 'Bearer t', cookie: 'stacksense_session=s' },
      { kind: 'token', token: 't' },
    ],
    ['another cookie', { cookie: 'theme=dark' }, { kind: 'none' }],
    ['an emptied cookie', { cookie: 'stacksense_session=' }, { kind: 'none' }],
    ['nothing', {}, { kind: 'none' }],
  ])('%s', (_, headers, expected) => {
    expect(credentialOf(headers)).toEqual(expected)
  })

  test.each([
    ['empty', ''],
    ['no scheme', 'ssa_x'],
    ['Bearer alone', 'Bearer '],
    ['another scheme', 'Digest username="x"'],
    ['two words', 'Bearer one two'],
    ['Basic without a colon', basic('ssa_x')],
    ['Basic without a password', basic('ssa_x:')],
    ['Basic of rubbish', 'Basic ====='],
  ])('a header that holds no token is refused: %s', (_, authorization) => {
    expect(() => credentialOf({ authorization })).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }))
  })

  test('a long run of blanks is read in no time', () => {
    const started = performance.now()
    expect(() => credentialOf({ authorization: `Bearer ${' '.repeat(15_000)}x y` })).toThrow()
    expect(performance.now() - started).toBeLessThan(1_000)
  })
})
