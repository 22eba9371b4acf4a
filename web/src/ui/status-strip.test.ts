import { expect, test } from 'vitest'
import { type StripStatus, stripInWords, stripPath } from './status-strip.ts'

const cells: StripStatus[] = ['NONE', 'ONLINE', 'UNOBSERVED', 'WARNING', 'OFFLINE']

test('the worse, the higher', () => {
  expect(stripPath(cells, 'ONLINE')).toBe('M3 12h2v6h-2z')
  expect(stripPath(cells, 'WARNING')).toBe('M9 7h2v11h-2z')
  expect(stripPath(cells, 'OFFLINE')).toBe('M12 0h2v18h-2z')
})

test('what was not observed is a stretch without gaps', () => {
  expect(stripPath(['UNOBSERVED', 'UNOBSERVED'], 'UNOBSERVED')).toBe('M0 0h3v18h-3zM3 0h3v18h-3z')
})

test('in words: what was not well and how often, and what it is now', () => {
  expect(stripInWords(cells)).toBe('offline 1 of 5, warning 1 of 5, not observed 1 of 5, offline now')
  expect(stripInWords(['ONLINE', 'ONLINE'])).toBe('online throughout')
  expect(stripInWords(['NONE', 'ONLINE'])).toBe('online now')
})
