import { expect, test } from 'vitest'
import { matchRank } from './palette.ts'

test.each([
  ['db-ams-03', 'db-ams-03', 0],
  ['db-ams-03', 'DB', 1],
  ['db-ams-03', 'ams', 2],
  ['db-ams-03', 'ms', 3],
  ['db-ams-03', '03 db', 2],
  ['db-ams-03', 'fra', Infinity],
  ['db-ams-03', 'db fra', Infinity],
  ['what (now)', '(', 2],
])('%s for “%s”: %s', (name, typed, rank) => {
  expect(matchRank(name, typed)).toBe(rank)
})

test('the better answers come first', () => {
  const names = ['edge-db', 'my db', 'db']
  expect(names.sort((a, b) => matchRank(a, 'db') - matchRank(b, 'db'))[0]).toBe('db')
})
