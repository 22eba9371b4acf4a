import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Connection, DIAL_TIMEOUT_MS, type LineEvents, PONG_TIMEOUT_MS, STALE_AFTER_MS } from './connection.ts'

/** A dialler that does only what the test says. */
function scene() {
  const lines: { events: LineEvents; close: () => void }[] = []
  const connection = new Connection(
    (events) => {
      const line = { events, close: vi.fn() }
      lines.push(line)
      return line
    },
    Date.now,
    () => 1,
  )
  const last = () => lines.at(-1) as (typeof lines)[number]
  const live = () => {
    connection.open()
    last().events.connected()
  }
  return { connection, lines, last, live, kind: () => connection.state.value.kind }
}

beforeEach(() => vi.useFakeTimers({ now: 1_000_000 }))
afterEach(() => vi.useRealTimers())

test('a line that connects is live', () => {
  const { connection, live, kind } = scene()
  expect(kind()).toBe('connecting')
  live()
  expect(kind()).toBe('live')
  expect(connection.epoch.value).toBe(1)
})

test('a ping that nothing follows is the end of the line', () => {
  const { last, live, kind } = scene()
  live()
  const line = last()
  line.events.pinged()
  vi.advanceTimersByTime(PONG_TIMEOUT_MS - 1)
  expect(kind()).toBe('live')
  vi.advanceTimersByTime(1)
  expect(kind()).toBe('stale')
  expect(line.close).toHaveBeenCalledOnce()
})

test('any message after a ping is a sign of life', () => {
  const { last, live, kind } = scene()
  live()
  last().events.pinged()
  last().events.heard()
  vi.advanceTimersByTime(PONG_TIMEOUT_MS * 2)
  expect(kind()).toBe('live')
})

test('a second ping does not put the first one’s time-out off', () => {
  const { last, live, kind } = scene()
  live()
  last().events.pinged()
  vi.advanceTimersByTime(PONG_TIMEOUT_MS - 1)
  last().events.pinged()
  vi.advanceTimersByTime(1)
  expect(kind()).not.toBe('live')
})

test('a short loss is only reconnecting; from two seconds on it is stale', () => {
  const { connection, lines, last, live, kind } = scene()
  live()
  last().events.closed()
  expect(kind()).toBe('reconnecting')
  vi.advanceTimersByTime(STALE_AFTER_MS - 1)
  expect(kind()).toBe('reconnecting')
  vi.advanceTimersByTime(1)
  expect(kind()).toBe('stale')
  expect(lines.length).toBe(2)
  expect(connection.state.value).toMatchObject({ lastHeardAt: 1_000_000 })
})

test('it says when it will try again, and that it is trying', () => {
  const { connection, last, live } = scene()
  live()
  last().events.closed()
  expect(connection.state.value).toMatchObject({ nextTryAt: 1_000_300 })
  vi.advanceTimersByTime(300)
  expect(connection.state.value).toMatchObject({ nextTryAt: null })
})

test('the waits grow to 15 s, and a line that lives begins them anew', () => {
  const { last, live, connection } = scene()
  live()
  const waits: number[] = []
  for (let i = 0; i < 8; i++) {
    last().events.closed()
    const { state } = connection
    const nextTryAt = state.value.kind === 'reconnecting' || state.value.kind === 'stale' ? state.value.nextTryAt : null
    waits.push((nextTryAt ?? 0) - Date.now())
    connection.tryNow()
  }
  expect(waits).toEqual([300, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000])

  last().events.connected()
  last().events.closed()
  expect(connection.state.value).toMatchObject({ nextTryAt: Date.now() + 300 })
})

test('a try that hangs has failed after five seconds', () => {
  const { connection, lines, kind } = scene()
  connection.open()
  vi.advanceTimersByTime(DIAL_TIMEOUT_MS)
  expect(lines[0]?.close).toHaveBeenCalledOnce()
  vi.advanceTimersByTime(STALE_AFTER_MS)
  expect(kind()).toBe('stale')
  expect(connection.state.value).toMatchObject({ lastHeardAt: null })
})

test('who is asked to try now does not wait', () => {
  const { connection, lines, last, live } = scene()
  live()
  last().events.closed()
  connection.tryNow()
  expect(lines.length).toBe(2)
  vi.advanceTimersByTime(1_000)
  expect(lines.length).toBe(2)
})

test('to try now changes nothing while the line lives or a try is under way', () => {
  const { connection, lines, live } = scene()
  live()
  connection.tryNow()
  expect(lines.length).toBe(1)
})

test('a line that was given up is not listened to any more', () => {
  const { connection, lines, last, live, kind } = scene()
  live()
  last().events.closed()
  vi.advanceTimersByTime(300)
  last().events.connected()
  lines[0]?.events.closed()
  expect(kind()).toBe('live')
  expect(connection.epoch.value).toBe(2)
})

test('closed on purpose, it tries no more', () => {
  const { connection, lines, live, kind } = scene()
  live()
  connection.close()
  vi.advanceTimersByTime(60_000)
  expect(lines.length).toBe(1)
  expect(kind()).toBe('connecting')
})
