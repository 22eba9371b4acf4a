import { expect, test } from 'vitest'
import { numbersIn, textArray } from './array-text.ts'

test('numbers and words are spelled as PostgreSQL reads them, and what is missing as NULL', () => {
  expect(textArray([1, 2.5], (number) => number)).toBe('{1,2.5}')
  expect(textArray(['a', 'NULL', 'b"c\\d', '', 'e,f}'], (word) => word)).toBe('{"a","NULL","b\\"c\\\\d","","e,f}"}')
  expect(textArray(['a', undefined], (word) => word)).toBe('{"a",NULL}')
})

test('where no item has a value there is no array', () => {
  expect(textArray([1, 2], () => undefined)).toBeNull()
})

test('numbers are read back, NULL among them', () => {
  expect(numbersIn('{1,NULL,1795636800.123456,1e-07}')).toEqual([1, null, 1795636800.123456, 1e-7])
  expect(numbersIn('{}')).toEqual([])
  expect(numbersIn(null)).toEqual([])
})
