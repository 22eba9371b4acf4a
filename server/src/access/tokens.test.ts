import { expect, test } from 'vitest'
import { hashToken, newToken } from './tokens.ts'

test.each([
  ['agent', /^ssa_[\w-]{43}$/],
  ['api', /^ssk_[\w-]{43}$/],
  ['session', /^sss_[\w-]{43}$/],
  ['code', /^ssc_[\w-]{43}$/],
] as const)('a new %s token carries its kind and 256 bits', (kind, shape) => {
  expect(newToken(kind)).toMatch(shape)
})

test('no two tokens are alike', () => {
  const tokens = Array.from({ length: 1_000 }, () => newToken('agent'))
  expect(new Set(tokens).size).toBe(1_000)
})

test('the hash is SHA-256', () => {
  expect(hashToken('abc').toString('hex')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
})
