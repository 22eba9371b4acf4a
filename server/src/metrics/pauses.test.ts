import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Pauses } from './pauses.ts'

beforeEach(() => vi.useFakeTimers({ now: 1_000_000 }))
afterEach(() => vi.useRealTimers())

function running(): Pauses {
  const pauses = new Pauses(Date.now)
  pauses.start()
  return pauses
}

/** Time goes by and no timer fires. */
const freeze = (ms: number) => vi.setSystemTime(Date.now() + ms)

test('what is read while all is well came in then', () => {
  const pauses = running()
  vi.advanceTimersByTime(10_000)
  freeze(900)
  expect(pauses.lateByMs(Date.now())).toBe(0)
})

test('what is read after a pause may have come in since it began, also before the timer has its turn', () => {
  const pauses = running()
  vi.advanceTimersByTime(10_000)
  freeze(30_000)
  expect(pauses.lateByMs(Date.now())).toBe(30_000)
  vi.advanceTimersByTime(250)
  expect(pauses.lateByMs(Date.now())).toBe(30_250)
  vi.advanceTimersByTime(1_750)
  expect(pauses.lateByMs(Date.now())).toBe(32_000)
})

test('soon after a pause that is over', () => {
  const pauses = running()
  freeze(30_000)
  vi.advanceTimersByTime(2_500)
  expect(pauses.lateByMs(Date.now())).toBe(0)
})
