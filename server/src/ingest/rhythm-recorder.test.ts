import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { HeardBeat } from '../core/rhythm.ts'
import { RhythmRecorder } from './rhythm-recorder.ts'

const NOON = Date.UTC(2026, 0, 1, 12)
const MINUTE = 60_000

type Write = (beats: ReadonlyMap<number, readonly HeardBeat[]>) => Promise<void>

beforeEach(() => vi.useFakeTimers({ now: NOON }))
afterEach(() => vi.useRealTimers())

function scene() {
  const write = vi.fn<Write>(async () => undefined)
  const onError = vi.fn()
  const recorder = new RhythmRecorder({ write, onError })
  recorder.start()
  const note = (serverId: number, secondsPastNoon: number, facts: object = {}) =>
    recorder.note({
      entry: { serverId, arrivedAtMs: 0, ...facts },
      receivedAt: NOON + secondsPastNoon * 1_000,
      previousAt: NOON + (secondsPastNoon - 30) * 1_000,
    })
  const written = () => write.mock.calls.flatMap(([beats]) => [...beats.keys()])
  return { recorder, write, onError, note, written }
}

test('each server is written once in ten minutes, its heartbeats together', async () => {
  const { note, write, written } = scene()
  for (let second = 0; second < 600; second += 30) for (const id of [1, 2, 11]) note(id, second)
  await vi.advanceTimersByTimeAsync(10 * MINUTE)
  expect(written().sort()).toEqual([1, 11, 2].sort())
  expect(write.mock.calls[0]?.[0].get(1)).toHaveLength(20)
})

test('a large fleet is written log by log, never heartbeat by heartbeat', async () => {
  const { note, write } = scene()
  const gate = Promise.withResolvers<void>()
  write.mockReturnValueOnce(gate.promise)
  const servers = 100
  const noteAll = (from: number, to: number) => {
    for (let i = from; i < to; i++) note(1 + (i % servers), 30 * i)
  }
  noteAll(0, 500_000)
  await vi.advanceTimersByTimeAsync(0)
  expect(write).toHaveBeenCalledOnce()
  expect(write.mock.calls[0]?.[0].size).toBe(servers / 10)

  noteAll(500_000, 501_000)
  gate.resolve()
  await vi.advanceTimersByTimeAsync(1_000)
  expect(write).toHaveBeenCalledOnce()
})

test('the end writes what is left', async () => {
  const { recorder, note, written } = scene()
  note(5, 0)
  note(6, 0)
  await recorder.stop()
  expect(written().sort()).toEqual([5, 6])
  expect(vi.getTimerCount()).toBe(0)
})

test('the end does not wait for long: what a large fleet has left is given up', async () => {
  const { recorder, note, write, written } = scene()
  write.mockImplementation(() => new Promise((resolve) => setTimeout(resolve, 900)))
  for (let server = 1; server <= 10; server++) note(server, 0)
  const stopped = recorder.stop()
  await vi.advanceTimersByTimeAsync(2_000)
  await stopped
  await vi.advanceTimersByTimeAsync(10_000)
  expect(written()).toHaveLength(3)
})

test('what is not written yet can be read, also while it is being written', async () => {
  const { recorder, note, write } = scene()
  const gate = Promise.withResolvers<void>()
  write.mockReturnValue(gate.promise)
  note(7, 0, { retries: 2, sentAt: NOON + 1_500, bootId: 'x', agentStartedAt: NOON - 9_500 })
  note(8, 0)
  const expected = [
    {
      at: NOON,
      previousAt: NOON - 30_000,
      retries: 2,
      boot: expect.any(Number),
      agentStartedAt: NOON / 1_000 - 10,
      skewMs: 1_500,
    },
  ]
  expect([...recorder.pending([7])]).toEqual([[7, expected]])
  const flushed = recorder.flush()
  note(7, 30)
  expect(recorder.pending([7]).get(7)).toHaveLength(2)
  gate.resolve()
  await flushed
  expect(recorder.pending([7]).get(7)).toHaveLength(1)
})

test('a boot id is the same number each time, and another is another', () => {
  const { recorder, note } = scene()
  for (const bootId of ['a', 'b', 'a']) note(1, 0, { bootId })
  const [first, second, third] = recorder.pending([1]).get(1) ?? []
  expect(first?.boot).toBe(third?.boot)
  expect(first?.boot).not.toBe(second?.boot)
})

test('a heartbeat that came late or twice is none', () => {
  const { recorder } = scene()
  recorder.note({ entry: { serverId: 1, arrivedAtMs: 0 }, receivedAt: NOON, previousAt: NOON })
  expect(recorder.pending([1]).size).toBe(0)
})

test('a database that cannot be reached costs figures and nothing else', async () => {
  const { recorder, note, write, onError, written } = scene()
  write.mockRejectedValueOnce(new Error('away'))
  note(1, 0)
  await recorder.flush()
  expect(onError).toHaveBeenCalledOnce()
  note(1, 30)
  await recorder.stop()
  expect(written()).toEqual([1, 1])
})
