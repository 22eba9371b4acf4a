import { expect, test } from 'vitest'
import { familyOf, tagFamilies } from './tag-families.ts'

const lists = (...tags: string[]) => tags.map((one) => one.split(' ').filter(Boolean))
const names = (...tags: string[]) => tagFamilies(lists(...tags)).map(({ name }) => name)

test('tags that no server has two of are one family, the most frequent first', () => {
  expect(names('prod web ams', 'prod db ams', 'prod web fra', 'ci web fra', 'prod web ams')).toEqual([
    'prod, ci',
    'web, db',
    'ams, fra',
  ])
})

test('a tag that all have divides nothing', () => {
  expect(names('prod', 'prod')).toEqual([])
})

test('keyed tags are a family by their key, named by their value', () => {
  const [family] = tagFamilies(lists('region:ams', 'region:fra', ':odd', 'odd:'))
  expect(family?.name).toBe('region')
  expect(family?.tagOf(['prod', 'region:ams'])).toBe('ams')
  expect(family?.tagOf(['prod'])).toBeUndefined()
})

test('a long family is named by its first three', () => {
  expect(names('a', 'a', 'b', 'c', 'd')).toEqual(['a, b, c…'])
})

test('an address names a family by its key or by any of its tags', () => {
  const families = tagFamilies(lists('prod ams', 'prod fra', 'prod ams', 'ci nyc'))
  expect(familyOf(families, 'ams')?.name).toBe('ams, fra, nyc')
  expect(familyOf(families, 'nyc')?.name).toBe('ams, fra, nyc')
  expect(familyOf(families, 'gone')).toBeUndefined()
  expect(familyOf(families, null)).toBeUndefined()
})
