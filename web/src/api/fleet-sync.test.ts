import { CombinedGraphQLErrors } from '@apollo/client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Screen } from './draw-pace.ts'
import { event, NOON, recovery, server } from './fleet-scene.ts'
import type { FleetSource, Sink } from './fleet-source.ts'
import { FleetStore } from './fleet-store.ts'
import { FleetSync } from './fleet-sync.ts'
import type { FleetChangesSubscription, FleetEventFragment } from './generated/graphql.ts'

type Change = FleetChangesSubscription['serverChanged']

/** A hub in the test's hands: snapshots wait until they are answered, streams say what the test says. */
function scene(screen?: Screen) {
  const status: { after: string; sink: Sink<FleetEventFragment>; stop: () => void }[] = []
  const changes: Sink<Change>[] = []
  const recentEvents = vi.fn<FleetSource['recentEvents']>(async () => ({ events: [], gaps: [] }))
  const snapshot = vi.fn<FleetSource['snapshot']>(async () => ({ cursor: 'c0', servers: [server('1')] }))
  const heartbeats = vi.fn<FleetSource['heartbeats']>(async () => ({ total: 1, heartbeats: [] }))
  const source: FleetSource = {
    snapshot,
    heartbeats,
    recentEvents,
    statusAfter: (after, sink) => {
      const stop = vi.fn()
      status.push({ after, sink, stop })
      return stop
    },
    changes: (sink) => {
      changes.push(sink)
      return () => {}
    },
    alerts: () => () => {},
    anomalies: () => () => {},
  }
  const signedOut = vi.fn()
  const store = new FleetStore(() => NOON)
  const sync = new FleetSync(store, source, () => NOON, signedOut, screen)
  const connect = async () => {
    sync.connected()
    await vi.advanceTimersByTimeAsync(0)
  }
  return {
    sync,
    store,
    snapshot,
    recentEvents,
    heartbeats,
    status,
    changes,
    connect,
    signedOut,
    kind: () => sync.state.value.kind,
  }
}
const refusal = (code: string) => new CombinedGraphQLErrors({ errors: [{ message: 'no', extensions: { code } }] })

beforeEach(() => vi.useFakeTimers({ now: NOON }))
afterEach(() => vi.useRealTimers())

test('it is live when the snapshot is there, and the feed goes on from its cursor', async () => {
  const { status, connect, kind } = scene()
  expect(kind()).toBe('loading')
  await connect()
  expect(kind()).toBe('live')
  expect(status.map(({ after }) => after)).toEqual(['c0'])
})

test('the servers do not wait for what happened before', async () => {
  const { sync, store, status, recentEvents, connect, kind } = scene()
  let answer: (log: Awaited<ReturnType<FleetSource['recentEvents']>>) => void = () => {}
  recentEvents.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)))
  await connect()
  expect([kind(), store.rows.size, sync.recalled.value]).toEqual(['live', 1, false])

  status[0]?.sink.next(event(3, '1'))
  const gaps = [{ id: '1', from: NOON - 60_000, until: NOON - 30_000 }]
  answer({ events: [recovery(1, '1')], gaps })
  await vi.advanceTimersByTimeAsync(0)
  expect(store.feed.map(({ cursor }) => cursor)).toEqual(['c3', 'c1'])
  expect([sync.recalled.value, sync.gaps]).toEqual([true, gaps])
})

test('after a lost line the servers come with what happened meanwhile', async () => {
  const { sync, store, recentEvents, connect, kind } = scene()
  recentEvents.mockResolvedValueOnce({ events: [event(1, '1')], gaps: [] })
  await connect()
  sync.lost()
  let answer: (log: Awaited<ReturnType<FleetSource['recentEvents']>>) => void = () => {}
  recentEvents.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)))
  await connect()
  expect([kind(), store.feed.map(({ cursor }) => cursor)]).toEqual(['stale', ['c1']])
  answer({ events: [event(1, '1'), recovery(2, '1'), event(3, '1')], gaps: [] })
  await vi.advanceTimersByTimeAsync(0)
  expect([kind(), store.feed.map(({ cursor }) => cursor)]).toEqual(['live', ['c3', 'c2', 'c1']])
})

test('a log that cannot be read is a failure like any other, and is asked for less and less often', async () => {
  const { sync, recentEvents, connect, kind } = scene()
  recentEvents.mockRejectedValue(refusal('UNAVAILABLE'))
  await connect()
  const waits: number[] = []
  for (let i = 0; i < 3; i++) {
    expect(kind()).toBe('failed')
    const state = sync.state.value
    const waitMs = state.kind === 'failed' ? state.nextTryAt - NOON : Number.NaN
    waits.push(waitMs)
    await vi.advanceTimersByTimeAsync(waitMs)
  }
  expect(waits).toEqual([1_000, 2_000, 4_000])
})

test('after the first drawing, which takes long, the page is its reader’s for a while', async () => {
  const afterPaint = (painted: () => void) => void setTimeout(painted, 60)
  const { sync, status, connect } = scene({
    now: Date.now,
    isScrolling: () => false,
    untilTick: () => 1_000,
    afterPaint,
  })
  await connect()
  const drawn = sync.version.value
  status[0]?.sink.next(event(1, '1'))
  await vi.advanceTimersByTimeAsync(500)
  expect(sync.version.value).toBe(drawn)
  await vi.advanceTimersByTimeAsync(500)
  expect(sync.version.value).toBe(drawn + 1)
})

test('who signs out leaves nothing that the next one could take for the present', async () => {
  const { sync, store, connect, kind } = scene()
  await connect()
  const drawn = sync.version.value
  sync.forget()
  expect([kind(), store.cursor, sync.recalled.value]).toEqual(['loading', null, false])
  expect([store.byName(), store.feed]).toEqual([[], []])
  expect(sync.version.value).toBe(drawn + 1)
  await connect()
  expect([kind(), store.byName().length]).toEqual(['live', 1])
})

test('a change that comes while the snapshot is being read is not lost', async () => {
  const { sync, store, snapshot, changes } = scene()
  let answer = (_snapshot: Awaited<ReturnType<FleetSource['snapshot']>>) => {}
  snapshot.mockImplementationOnce(() => new Promise((resolve) => (answer = resolve)))
  sync.connected()
  changes[0]?.next({ kind: 'CREATED', server: server('2') })
  changes[0]?.next({ kind: 'DELETED', server: server('1') })
  answer({ cursor: 'c0', servers: [server('1')] })
  await vi.advanceTimersByTimeAsync(0)
  expect([...store.rows.keys()]).toEqual(['2'])
})

test('changes that come together are drawn together', async () => {
  const { sync, status, connect } = scene()
  await connect()
  const drawn = sync.version.value
  for (let n = 1; n <= 100; n++) status[0]?.sink.next(n % 2 ? event(n, '1') : recovery(n, '1'))
  expect(sync.version.value).toBe(drawn)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(sync.version.value).toBe(drawn + 1)
})

test('a lost connection makes it stale, a new one reads all anew', async () => {
  const { sync, snapshot, status, connect, kind } = scene()
  await connect()
  sync.lost()
  expect(kind()).toBe('stale')
  expect(status[0]?.stop).toHaveBeenCalledOnce()
  snapshot.mockResolvedValueOnce({ cursor: 'c7', servers: [] })
  await connect()
  expect(kind()).toBe('live')
  expect(status[1]?.after).toBe('c7')
})

test('a snapshot that comes after its connection was lost is not used', async () => {
  const { sync, store, snapshot, kind } = scene()
  let answer = (_snapshot: Awaited<ReturnType<FleetSource['snapshot']>>) => {}
  snapshot.mockImplementationOnce(() => new Promise((resolve) => (answer = resolve)))
  sync.connected()
  sync.lost()
  answer({ cursor: 'c0', servers: [server('1')] })
  await vi.advanceTimersByTimeAsync(0)
  expect(kind()).toBe('loading')
  expect(store.cursor).toBeNull()
})

test('a reader that was too slow goes on after the last event it has', async () => {
  const { snapshot, status, connect, kind } = scene()
  await connect()
  status[0]?.sink.next(event(3, '1'))
  status[0]?.sink.ended('SLOW_CONSUMER')
  expect(status[1]?.after).toBe('c3')
  expect(snapshot).toHaveBeenCalledOnce()
  expect(kind()).toBe('live')
})

test.each(['CURSOR_EXPIRED', 'BAD_CURSOR'])('%s asks for a new snapshot', async (code) => {
  const { snapshot, status, connect, kind } = scene()
  await connect()
  status[0]?.sink.ended(code)
  await vi.advanceTimersByTimeAsync(0)
  expect(snapshot).toHaveBeenCalledTimes(2)
  expect(kind()).toBe('live')
})

test('a refused snapshot is told, and tried again by itself', async () => {
  const { sync, snapshot, connect, kind } = scene()
  snapshot.mockRejectedValueOnce(refusal('UNAVAILABLE'))
  await connect()
  expect(sync.state.value).toEqual({ kind: 'failed', code: 'UNAVAILABLE', nextTryAt: NOON + 1_000, hadData: false })
  await vi.advanceTimersByTimeAsync(1_000)
  expect(kind()).toBe('live')
})

test('after a failure it can be asked to try now', async () => {
  const { sync, snapshot, connect, kind } = scene()
  snapshot.mockRejectedValueOnce(refusal('DEFECT'))
  await connect()
  sync.tryNow()
  await vi.advanceTimersByTimeAsync(0)
  expect(kind()).toBe('live')
  await vi.advanceTimersByTimeAsync(5_000)
  expect(snapshot).toHaveBeenCalledTimes(2)
})

test('a session that is over is told to the page', async () => {
  const { snapshot, connect, signedOut } = scene()
  snapshot.mockRejectedValueOnce(refusal('UNAUTHENTICATED'))
  await connect()
  expect(signedOut).toHaveBeenCalledOnce()
})

test('a change stream that ends cannot be resumed: all is read anew', async () => {
  const { snapshot, changes, connect, kind } = scene()
  await connect()
  changes[0]?.ended(undefined)
  expect(kind()).toBe('failed')
  await vi.advanceTimersByTimeAsync(1_000)
  expect(snapshot).toHaveBeenCalledTimes(2)
  expect(kind()).toBe('live')
})

test('a pulse that finds another number of servers twice has found a missed change', async () => {
  const { sync, snapshot, heartbeats, connect } = scene()
  await connect()
  heartbeats.mockResolvedValue({ total: 2, heartbeats: [{ id: '1', lastHeartbeatAt: NOON }] })
  await sync.pulse(['1'])
  expect(snapshot).toHaveBeenCalledOnce()
  await sync.pulse(['1'])
  expect(snapshot).toHaveBeenCalledTimes(2)
})

test('two pulses without an answer: the socket lives, but what is shown could not change', async () => {
  const { sync, heartbeats, connect, kind } = scene()
  await connect()
  heartbeats.mockRejectedValue(refusal('UNAVAILABLE'))
  await sync.pulse(['1'])
  expect(kind()).toBe('live')
  await sync.pulse(['1'])
  expect(sync.state.value).toMatchObject({ kind: 'failed', code: 'UNAVAILABLE', hadData: true })
})
