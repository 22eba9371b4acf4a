import { expect, test, vi } from 'vitest'
import type { Store } from '../store/store.ts'
import { DatabaseClock } from './database-clock.ts'
import { Expiry } from './expiry.ts'

test('who leads again while an earlier look at all deadlines is under way looks at them once more', async () => {
  const answers: ((answer: { rows: object[] }) => void)[] = []
  const query = vi.fn(() => new Promise((resolve) => answers.push(resolve)))
  const expiry = new Expiry({
    store: { watch: { query } } as unknown as Store,
    clock: new DatabaseClock(),
    hear: () => Promise.resolve(),
    heardByOthers: () => Promise.resolve(Infinity),
    onError: (error) => Promise.reject(error),
  })
  expiry.start()
  const stopped = expiry.stop()
  expiry.start()
  expect(query).toHaveBeenCalledOnce()
  answers[0]?.({ rows: [] })
  await vi.waitFor(() => expect(query).toHaveBeenCalledTimes(2))
  answers[1]?.({ rows: [] })
  await stopped
  await expiry.stop()
})
