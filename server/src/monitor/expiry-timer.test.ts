import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Deadlines } from '../core/deadlines.ts'
import { ExpiryTimer } from './expiry-timer.ts'

const NOON = Date.UTC(2026, 0, 1, 12)
const onDue = vi.fn()

beforeEach(() => {
  vi.useFakeTimers({ now: NOON })
})
afterEach(() => {
  vi.useRealTimers()
  onDue.mockReset()
})

function timerWatching(deadlines: Record<number, number>) {
  const timer = new ExpiryTimer(new Deadlines(), onDue, Date.now)
  for (const [id, at] of Object.entries(deadlines)) timer.watch(Number(id), at)
  return timer
}

test('a silent server is handed over at its deadline, not before', () => {
  timerWatching({ 1: NOON + 60_000 })

  vi.advanceTimersByTime(59_999)
  expect(onDue).not.toHaveBeenCalled()

  vi.advanceTimersByTime(1)
  expect(onDue).toHaveBeenCalledExactlyOnceWith([1], NOON + 60_000)
})

test('a later deadline keeps the server', () => {
  const timer = timerWatching({ 1: NOON + 60_000 })
  timer.watch(1, NOON + 90_000)
  vi.advanceTimersByTime(89_999)
  expect(onDue).not.toHaveBeenCalled()
})

test('an earlier deadline brings the waking forward', () => {
  const timer = timerWatching({ 1: NOON + 60_000 })
  timer.watch(2, NOON + 2_000)
  vi.advanceTimersByTime(2_000)
  expect(onDue).toHaveBeenCalledExactlyOnceWith([2], NOON + 2_000)
})

test('a deadline between two milliseconds is looked at after it, not before', () => {
  timerWatching({ 1: NOON + 60_000.25 })
  vi.advanceTimersByTime(60_000)
  expect(onDue).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)
  expect(onDue).toHaveBeenCalledOnce()
})

test('a clock that jumps ahead is noticed within five seconds', () => {
  timerWatching({ 1: NOON + 60_000 })
  vi.setSystemTime(NOON + 3_600_000)
  vi.advanceTimersByTime(5_000)
  expect(onDue).toHaveBeenCalledOnce()
})

test('a clock that jumps back hands nobody over early', () => {
  timerWatching({ 1: NOON + 60_000 })
  vi.setSystemTime(NOON - 3_600_000)
  vi.advanceTimersByTime(61_000)
  expect(onDue).not.toHaveBeenCalled()
})

test('a stopped timer stays silent', () => {
  timerWatching({ 1: NOON + 60_000 }).stop()
  vi.advanceTimersByTime(120_000)
  expect(onDue).not.toHaveBeenCalled()
})
