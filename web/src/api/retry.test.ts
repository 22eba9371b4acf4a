import { CombinedGraphQLErrors } from '@apollo/client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { effectScope } from 'vue'
import { useRetry } from './retry.ts'

const refusal = (code: string) => new CombinedGraphQLErrors({ errors: [{ message: 'no', extensions: { code } }] })

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

function scene() {
  const scope = effectScope()
  const read = vi.fn()
  const retry = scope.run(() => useRetry(read))
  if (!retry) throw new Error('The scope is new')
  return { ...retry, read, scope }
}

test('what could not be read is read again, a little later each time', () => {
  const { failed, succeeded, read } = scene()
  failed(refusal('UNAVAILABLE'))
  vi.advanceTimersByTime(1_000)
  expect(read).toHaveBeenCalledTimes(1)
  failed(new Error('not reached'))
  vi.advanceTimersByTime(1_999)
  expect(read).toHaveBeenCalledTimes(1)
  vi.advanceTimersByTime(1)
  expect(read).toHaveBeenCalledTimes(2)
  succeeded()
  failed(new Error('not reached'))
  vi.advanceTimersByTime(1_000)
  expect(read).toHaveBeenCalledTimes(3)
})

test('a refusal that stays is not asked again', () => {
  const { failed, read } = scene()
  failed(refusal('NOT_FOUND'))
  vi.advanceTimersByTime(60_000)
  expect(read).not.toHaveBeenCalled()
})

test('nothing is read for a page that was left while a read was under way', () => {
  const { failed, read, scope } = scene()
  scope.stop()
  failed(refusal('UNAVAILABLE'))
  vi.advanceTimersByTime(60_000)
  expect(read).not.toHaveBeenCalled()
})

test('nothing is read for a page that was left', () => {
  const { failed, read, scope } = scene()
  failed(refusal('UNAVAILABLE'))
  scope.stop()
  vi.advanceTimersByTime(60_000)
  expect(read).not.toHaveBeenCalled()
})
