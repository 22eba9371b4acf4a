import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { effectScope, shallowRef } from 'vue'
import { useBones } from './useBones.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

function scene() {
  const loading = shallowRef(true)
  const bones = effectScope().run(() => useBones(() => loading.value))
  return { loading, shown: () => bones?.value }
}

test('a quick answer shows no bones', () => {
  const { loading, shown } = scene()
  vi.advanceTimersByTime(199)
  expect(shown()).toBe(false)
  loading.value = false
  vi.advanceTimersByTime(1_000)
  expect(shown()).toBe(false)
})

test('bones that have appeared stay for 300 ms', () => {
  const { loading, shown } = scene()
  vi.advanceTimersByTime(200)
  expect(shown()).toBe(true)
  loading.value = false
  vi.advanceTimersByTime(299)
  expect(shown()).toBe(true)
  vi.advanceTimersByTime(1)
  expect(shown()).toBe(false)
})

test('after a slow answer they go at once', () => {
  const { loading, shown } = scene()
  vi.advanceTimersByTime(5_000)
  loading.value = false
  vi.advanceTimersByTime(0)
  expect(shown()).toBe(false)
})
