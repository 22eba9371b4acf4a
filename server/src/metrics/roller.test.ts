import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { RollUpError, type RollUpStep } from '../store/metric-step.ts'
import { Roller } from './roller.ts'

const EVERY_MS = 60_000

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Servers with one hour to do each; those in `bad` cannot be done. */
function scene(servers: number[], bad: Set<number>) {
  const work = async ({ from = 0, size = 1_000 }: RollUpStep) => {
    const step = servers.filter((id) => id >= from).slice(0, size)
    const parts = step.map((serverId) => ({ serverId, at: 0 }))
    if (step.some((id) => bad.has(id))) throw new RollUpError(parts, new Error('unreadable'))
    servers = servers.filter((id) => !step.includes(id))
    return { done: step.length, last: Math.max(from, ...step) }
  }
  const later = vi.fn(async ({ from = 0 }: RollUpStep) => ({ done: 0, last: from }))
  const onError = vi.fn<(error: unknown) => void>()
  const roller = new Roller({ works: [work, later], onError })
  roller.start()
  return { left: () => servers, later, onError }
}

test('an hour that cannot be rolled up keeps no other server waiting, is told by its server, and is tried again', async () => {
  const bad = new Set([2, 3])
  const { left, later, onError } = scene([1, 2, 3, 4, 5], bad)
  await vi.advanceTimersByTimeAsync(EVERY_MS + 10_000)
  expect(left()).toEqual([2, 3])
  expect(later).toHaveBeenLastCalledWith({ from: 0 })
  expect(String(onError.mock.calls.at(-1)?.[0])).toMatch(/these servers: 3$/)

  bad.clear()
  await vi.advanceTimersByTimeAsync(EVERY_MS)
  expect(left()).toEqual([])
})
