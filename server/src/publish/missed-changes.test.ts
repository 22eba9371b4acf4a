import { expect, test, vi } from 'vitest'
import type { Store } from '../store/store.ts'
import { MissedChanges } from './missed-changes.ts'

const NOON = Date.UTC(2026, 0, 1, 12)
const CHANGED = { channel: 'alert', payload: '7' }

function scene() {
  const query = vi.fn()
  const hear = vi.fn()
  const onError = vi.fn()
  const missed = new MissedChanges({ pool: { query } } as unknown as Store, hear, onError)
  /** Since when was asked, each time. */
  const asked = () => query.mock.calls.map(([, [at]]) => at)
  return { missed, query, hear, onError, asked }
}

test('what could not be read is read again, from the same moment on, and an outage is told once', async () => {
  const { missed, query, hear, onError, asked } = scene()
  query.mockRejectedValueOnce(new Error('gone')).mockRejectedValueOnce(new Error('gone'))
  query.mockResolvedValue({ rows: [CHANGED] })
  missed.catchUp({ at: NOON, atMs: 0 })
  missed.catchUp({ at: NOON + 9_000, atMs: 9_000 })

  await vi.waitFor(() => expect(hear).toHaveBeenCalledExactlyOnceWith('alert', '7'))
  expect(asked()).toEqual([NOON, NOON, NOON])
  expect(onError).toHaveBeenCalledOnce()
})

test('a connection that breaks again while is read is caught up with after that', async () => {
  const { missed, query, asked } = scene()
  const { promise, resolve } = Promise.withResolvers<{ rows: [] }>()
  query.mockReturnValueOnce(promise).mockResolvedValue({ rows: [] })
  missed.catchUp({ at: NOON, atMs: 0 })
  missed.catchUp({ at: NOON + 1_000, atMs: 1_000 })
  resolve({ rows: [] })
  await vi.waitFor(() => expect(asked()).toEqual([NOON, NOON + 1_000]))
})

test('it ends where the tables cannot be read', async () => {
  const { missed, query, asked } = scene()
  query.mockRejectedValue(new Error('gone'))
  missed.catchUp({ at: NOON, atMs: 0 })
  await missed.stop()
  expect(asked()).toEqual([NOON])
})
