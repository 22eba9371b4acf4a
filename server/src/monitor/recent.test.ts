import { expect, test } from 'vitest'
import { Recent } from './recent.ts'

test('a figure is of the last ten seconds', () => {
  let now = 0
  const recent = new Recent(() => now)
  expect([recent.perSecond, recent.most]).toEqual([0, null])
  for (now = 0; now < 20_000; now += 100) recent.add(now < 10_000 ? 50 : 3)
  now = 19_999
  expect([recent.perSecond, recent.most]).toEqual([30, 3])
  now = 29_999
  expect([recent.perSecond, recent.most]).toEqual([0, null])
})
