import { expect, test, vi } from 'vitest'
import { Heard } from './heard.ts'

function scene(read: (heard: ReadonlyMap<number, string>) => Promise<void>) {
  const onError = vi.fn()
  return { onError, heard: new Heard<string>({ read, merge: (a, b) => `${a} ${b}`, onError }) }
}

test('what could not be read is read again, together with what was said meanwhile', async () => {
  const read = vi.fn().mockRejectedValueOnce(new Error('no database')).mockResolvedValue(undefined)
  const { heard, onError } = scene(read)
  heard.add(1, 'created')
  heard.add(1, 'changed')
  await vi.waitFor(() => expect(read).toHaveBeenCalledTimes(2))
  expect(onError).toHaveBeenCalledOnce()
  expect(read.mock.calls).toEqual([[new Map([[1, 'created']])], [new Map([[1, 'created changed']])]])
})

test('there is one reader at a time', async () => {
  const finish: (() => void)[] = []
  const read = vi.fn(() => new Promise<void>((resolve) => finish.push(resolve)))
  const { heard } = scene(read)
  heard.add(1, 'first')
  heard.add(1, 'second')
  expect(read).toHaveBeenCalledOnce()
  finish[0]?.()
  await vi.waitFor(() => expect(read).toHaveBeenCalledTimes(2))
})

test('what is no id is not read, and nothing is after the stop', () => {
  const read = vi.fn()
  const { heard } = scene(read)
  heard.add(Number('nonsense'), 'created')
  heard.stop()
  heard.add(1, 'created')
  expect(read).not.toHaveBeenCalled()
})
