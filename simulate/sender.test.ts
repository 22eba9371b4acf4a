import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { SimulatedServer } from './fleet.ts'
import type { HeartbeatAnswer } from './heartbeat-post.ts'
import { Sender, type SenderOptions } from './sender.ts'

const NOON = Date.UTC(2026, 0, 1, 12)
const [A, B, C] = ['a', 'b', 'c'].map((name) => ({ id: name, name, token: '' })) as [
  SimulatedServer,
  SimulatedServer,
  SimulatedServer,
]

let sent: [string, number][]
beforeEach(() => {
  vi.useFakeTimers({ now: NOON })
  sent = []
})
afterEach(() => vi.useRealTimers())

/** Three servers, every 3 s. */
function senderOf(
  answer: (server: SimulatedServer) => Promise<HeartbeatAnswer>,
  options: Partial<SenderOptions> = {},
): Sender {
  return new Sender({
    servers: [A, B, C],
    intervalMs: 3_000,
    post: (server) => {
      sent.push([server.name, Date.now() - NOON])
      return answer(server)
    },
    onAnswer: () => {},
    now: Date.now,
    ...options,
  })
}

const acknowledge = async (): Promise<HeartbeatAnswer> => ({ kind: 'acknowledged', ackedAt: 0, recordedAt: 0 })

test('the heartbeats are spread evenly over the interval, at fixed times', async () => {
  senderOf(acknowledge).start()
  await vi.advanceTimersByTimeAsync(4_000)
  expect(sent).toEqual([
    ['a', 0],
    ['b', 1_000],
    ['c', 2_000],
    ['a', 3_000],
    ['b', 4_000],
  ])
})

test('what came late is made up for and does not push back what follows', async () => {
  const sender = senderOf(acknowledge)
  sender.start()
  vi.setSystemTime(NOON + 2_500)
  await vi.advanceTimersByTimeAsync(1_500)
  expect(sent.map(([name]) => name)).toEqual(['a', 'b', 'c', 'a', 'b'])
  expect(sent.at(-1)).toEqual(['b', 4_000])
  expect(sender.worstLatenessMs).toBe(2_500)
})

test('a silenced server sends nothing until it is allowed to again', async () => {
  const sender = senderOf(acknowledge)
  sender.silence([B])
  sender.start()
  await vi.advanceTimersByTimeAsync(5_000)
  sender.speak([B])
  await vi.advanceTimersByTimeAsync(2_999)
  expect(sent).toEqual([
    ['a', 0],
    ['c', 2_000],
    ['a', 3_000],
    ['c', 5_000],
    ['a', 6_000],
    ['b', 7_000],
  ])
})

test('a fleet that begins slowly has the same slots, and each server begins in its round', async () => {
  const sender = senderOf(acknowledge, { rampIntervals: 2 })
  sender.start()
  await vi.advanceTimersByTimeAsync(6_500)
  expect(sent).toEqual([
    ['a', 0],
    ['c', 2_000],
    ['a', 3_000],
    ['b', 4_000],
    ['c', 5_000],
    ['a', 6_000],
  ])
})

test('a heartbeat that is not acknowledged is tried again within its slot, four times in all', async () => {
  const sender = senderOf(async ({ name }) => (name === 'a' ? { kind: 'unanswered', why: 'broken' } : acknowledge()))
  sender.start()
  await vi.advanceTimersByTimeAsync(2_999)
  expect(sent.filter(([name]) => name === 'a')).toEqual([
    ['a', 0],
    ['a', 600],
    ['a', 1_200],
    ['a', 1_800],
  ])
})

test('a silenced server is not tried again either', async () => {
  const sender = senderOf(async () => ({ kind: 'unsent', why: 'ECONNREFUSED' }))
  sender.start()
  await vi.advanceTimersByTimeAsync(100)
  sender.silence([A, B, C])
  await vi.advanceTimersByTimeAsync(5_000)
  expect(sent).toEqual([['a', 0]])
})

test('a server has one heartbeat under way at a time', async () => {
  const sender = senderOf(({ name }) => (name === 'a' ? new Promise(() => {}) : acknowledge()))
  sender.start()
  await vi.advanceTimersByTimeAsync(7_000)
  expect(sent.filter(([name]) => name === 'a')).toHaveLength(1)
  expect(sender.skipped).toBe(2)
})

test('a stopped sender is silent', async () => {
  const sender = senderOf(async () => ({ kind: 'unsent', why: 'ECONNREFUSED' }))
  sender.start()
  await vi.advanceTimersByTimeAsync(100)
  sender.stop()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(sent).toHaveLength(1)
  expect(vi.getTimerCount()).toBe(0)
})
