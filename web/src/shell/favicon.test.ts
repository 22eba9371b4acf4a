import { expect, test } from 'vitest'
import { faviconFor } from './favicon.ts'

const icon = (needYou: number, newOffline: number) => decodeURIComponent(faviconFor({ needYou, newOffline }, false))

test('a quiet fleet has the sign; a page that is not live says so whatever it knew', () => {
  expect(icon(0, 0)).toBe('/favicon.svg')
  expect(faviconFor(null, false)).toBe('/favicon.svg')
  expect(faviconFor({ needYou: 3, newOffline: 1 }, true)).toBe('/favicon-lost.svg')
})

test('a square with the number while somebody is OFFLINE, a triangle while there are only warnings', () => {
  expect(icon(3, 1)).toMatch(/<rect.*>3<\/text>/)
  expect(icon(12, 0)).toMatch(/<path.*>12<\/text>/)
})

test('no more than two figures', () => {
  expect(icon(4_000, 1)).toContain('>99</text>')
})
