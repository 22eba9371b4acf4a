import { expect, test } from 'vitest'
import { forEach } from './for-each.ts'

const REFUSED = { code: 'FORBIDDEN', field: undefined, message: 'No.' }

test('one that is refused does not stop the others', async () => {
  const outcome = await forEach([1, 2, 3], async (n) => (n === 2 ? REFUSED : undefined))
  expect(outcome).toEqual({ done: [1, 3], refused: [{ item: 2, refused: REFUSED }] })
})

test('at most eight are asked for at once', async () => {
  let now = 0
  let most = 0
  const outcome = await forEach(
    Array.from({ length: 50 }, (_, i) => i),
    async () => {
      most = Math.max(most, ++now)
      await Promise.resolve()
      now--
      return undefined
    },
  )
  expect(outcome.done).toHaveLength(50)
  expect(most).toBe(8)
})
