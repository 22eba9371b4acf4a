import { expect, test } from 'vitest'
import { compare } from './crowd.ts'

test.each([
  ['abc', 'abc', []],
  ['abc', 'abcd', []],
  ['abc', 'ab', ['LOST']],
  ['abc', 'abbc', ['DOUBLED']],
  ['abc', 'acb', ['OUT_OF_ORDER']],
  ['abc', 'ca', ['LOST', 'OUT_OF_ORDER']],
])('of %s written, %s told: %j', (written, told, faults) => {
  expect(compare('subscriber 1', [...written], [...told]).map(({ fault }) => fault)).toEqual(faults)
})
