import { expect, test, vi } from 'vitest'
import { PolledWatch } from './polled-watch.ts'

test('who begins to watch while another is looked at is not told of what was recorded long before', async () => {
  const at = new Map([
    [1, 100],
    [2, 200],
  ])
  const looks: number[][] = []
  let continueFirst = () => {}
  const watch = new PolledWatch<number>(
    async (ids) => {
      looks.push([...ids])
      if (looks.length === 1) await new Promise<void>((resolve) => (continueFirst = resolve))
      return new Map(ids.map((id) => [id, at.get(id) ?? null]))
    },
    (item) => item,
    (error) => Promise.reject(error),
  )
  watch.watch(1)
  await vi.waitFor(() => expect(looks).toHaveLength(1))
  const second = watch.watch(2)
  continueFirst()
  await vi.waitFor(() => expect(looks).toHaveLength(2), { timeout: 3_000 })
  at.set(2, 201)
  expect(await second.next()).toEqual({ value: 201, done: false })
  watch.end()
})
