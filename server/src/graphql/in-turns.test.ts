import { expect, test } from 'vitest'
import { inTurns } from './in-turns.ts'

test('a short list is given as it is', () => {
  expect(inTurns([1, 2, 3])).toEqual([1, 2, 3])
})

test('a long list keeps its order, and lets others have their turn in between', async () => {
  const rows = Array.from({ length: 1_000 }, (_, i) => i)
  const seen: (number | string)[] = []
  const others = (left: number) => {
    seen.push('others')
    if (left > 0) setImmediate(others, left - 1)
  }
  setImmediate(others, 2)
  const all = await Promise.all(
    inTurns(rows).map(async (row) => {
      seen.push(await row)
    }),
  )
  expect(all).toHaveLength(1_000)
  expect(seen.filter((one) => one !== 'others')).toEqual(rows)
  expect(seen.indexOf('others')).toBeGreaterThan(0)
  expect(seen.lastIndexOf('others')).toBeLessThan(999)
})
