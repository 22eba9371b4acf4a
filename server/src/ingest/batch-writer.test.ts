import { expect, test, vi } from 'vitest'
import type { HeartbeatEntry, WrittenHeartbeat } from '../store/write-heartbeats.ts'
import { BatchWriter, type HeartbeatOutcome, MAX_BATCH } from './batch-writer.ts'

const NOON = Date.UTC(2026, 0, 1, 12)
const WRITTEN: WrittenHeartbeat = { previousAt: null, receivedAt: NOON }
type Write = (entries: readonly HeartbeatEntry[]) => Promise<Map<number, WrittenHeartbeat>>

/** A writer over a database that commits when the test says so. */
function scene({
  known = () => true,
  maxWaiting = 10_000,
}: {
  known?: (id: number) => boolean
  maxWaiting?: number
} = {}) {
  const commits: (() => void)[] = []
  const batches: number[][] = []
  const write = vi.fn<Write>(async (entries) => {
    batches.push(entries.map((entry) => entry.serverId))
    await new Promise<void>((resolve) => commits.push(resolve))
    return new Map(entries.filter((entry) => known(entry.serverId)).map((entry) => [entry.serverId, WRITTEN]))
  })
  const findNames = async (ids: readonly number[]) => new Map(ids.map((id) => [id, `server-${id}`]))
  const writer = new BatchWriter({ write, findNames, maxWaiting })
  return { writer, batches, write, commit: () => vi.waitFor(() => (commits.shift() as () => void)()) }
}

function settledOf(promise: Promise<HeartbeatOutcome>) {
  const state: { value?: HeartbeatOutcome | Error } = {}
  promise.then(
    (value) => Object.assign(state, { value }),
    (value) => Object.assign(state, { value }),
  )
  return state
}

test('alone, a heartbeat is written at once', async () => {
  const { writer, batches, commit } = scene()
  const recorded = writer.record(1, {})
  expect(batches).toEqual([[1]])
  await commit()
  expect(await recorded).toEqual({ kind: 'recorded', receivedAt: NOON, name: 'server-1' })
})

test('nobody is answered before the commit', async () => {
  const { writer, commit } = scene()
  const state = settledOf(writer.record(1, {}))
  await new Promise(setImmediate)
  expect(state.value).toBeUndefined()
  await commit()
  await vi.waitFor(() => expect(state.value).toBeDefined())
})

test('what comes during a write goes together, one entry a server, and each caller is answered', async () => {
  const { writer, batches, commit } = scene()
  const all = [
    writer.record(1, {}),
    writer.record(2, {}),
    writer.record(3, {}),
    writer.record(2, { agentVersion: '2' }),
  ]
  await commit()
  await commit()
  expect(await Promise.all(all)).toHaveLength(4)
  expect(batches).toEqual([[1], [2, 3]])
})

test('of several heartbeats of one server the newest counts, and what it leaves unsaid is kept', async () => {
  const { writer, write, commit } = scene()
  const arrivedAtMs = performance.now()
  const all = [
    writer.record(9, {}),
    writer.record(1, { bootId: 'b', agentVersion: '1' }, arrivedAtMs - 10),
    writer.record(1, { agentVersion: '2' }, arrivedAtMs),
  ]
  await commit()
  await commit()
  await Promise.all(all)
  expect(write.mock.lastCall?.[0]).toEqual([{ serverId: 1, bootId: 'b', agentVersion: '2', arrivedAtMs }])
})

test('a server that the database does not know is unknown to the caller, and costs its neighbours nothing', async () => {
  const { writer, commit } = scene({ known: (id) => id !== 2 })
  const all = [writer.record(9, {}), writer.record(2, {}), writer.record(3, {})]
  await commit()
  await commit()
  expect((await Promise.all(all)).map((outcome) => outcome.kind)).toEqual(['recorded', 'unknown-server', 'recorded'])
})

test('a batch is never larger than one statement may be', async () => {
  const { writer, batches, commit } = scene()
  const all = Array.from({ length: 2 * MAX_BATCH }, (_, i) => writer.record(i + 1, {}))
  for (let i = 0; i < 3; i++) await commit()
  await Promise.all(all)
  expect(batches.map((batch) => batch.length)).toEqual([1, MAX_BATCH, MAX_BATCH - 1])
})

test('beyond the bound a heartbeat is refused, and room is made by the commit', async () => {
  const { writer, commit } = scene({ maxWaiting: 2 })
  const first = [writer.record(1, {}), writer.record(2, {})]
  await expect(writer.record(3, {})).rejects.toMatchObject({ code: 'UNAVAILABLE', details: { retryAfterSeconds: 1 } })
  await commit()
  await commit()
  await Promise.all(first)
  const next = writer.record(3, {})
  await commit()
  expect((await next).kind).toBe('recorded')
})

test('an entry that the database refuses is found by halving, and only it is lost', async () => {
  const bad = Object.assign(new Error('invalid byte sequence'), { code: '22021' })
  const gate = Promise.withResolvers<void>()
  const write: Write = async (entries) => {
    await gate.promise
    if (entries.some((entry) => entry.serverId === 3)) throw bad
    return new Map(entries.map((entry) => [entry.serverId, WRITTEN]))
  }
  const writer = new BatchWriter({ write, findNames: async () => new Map(), maxWaiting: 100 })
  const states = [1, 2, 3, 4, 5].map((id) => settledOf(writer.record(id, {})))
  gate.resolve()
  await vi.waitFor(() => expect(states.every((state) => state.value)).toBe(true))
  expect(states.map((state) => (state.value instanceof Error ? 'refused' : state.value?.kind))).toEqual([
    'recorded',
    'recorded',
    'refused',
    'recorded',
    'recorded',
  ])
})

test('a database that cannot be reached is told to everybody, and the next batch tries again', async () => {
  const write = vi
    .fn<Write>()
    .mockRejectedValueOnce(new Error('away'))
    .mockResolvedValue(new Map([[1, WRITTEN]]))
  const writer = new BatchWriter({ write, findNames: async () => new Map(), maxWaiting: 100 })
  await expect(writer.record(1, {})).rejects.toThrow('away')
  expect((await writer.record(1, {})).kind).toBe('recorded')
})

test('a flush takes no place that a heartbeat could have', async () => {
  const { writer, commit } = scene({ maxWaiting: 3 })
  const beats = [writer.record(1, {}), writer.record(2, {})]
  const flushes = [writer.flush(), writer.flush()]
  beats.push(writer.record(3, {}))
  await commit()
  await commit()
  await Promise.all([...beats, ...flushes])
})

test('a flush waits for what is being written and for what waits of these servers, not for what comes later', async () => {
  const { writer, commit } = scene()
  writer.record(1, {})
  writer.record(2, {})
  const [flushed, written] = [vi.fn(), vi.fn()]
  const flush = writer.flush([1, 2]).then(flushed)
  writer.flush([1]).then(written)
  writer.record(1, {})
  await commit()
  await vi.waitFor(() => expect(written).toHaveBeenCalled())
  expect(flushed).not.toHaveBeenCalled()
  await commit()
  await flush
  expect(writer.backlogMs).toBeNull()
})

test('a flush waits for nobody else', async () => {
  const { writer } = scene()
  writer.record(1, {})
  writer.record(2, {})
  await writer.flush([3])
  expect(writer.backlogMs).not.toBeNull()
})

test('a closing writer takes nothing more and finishes what it has', async () => {
  const { writer, commit } = scene()
  const recorded = writer.record(1, {})
  const closed = writer.close()
  await expect(writer.record(2, {})).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  await commit()
  await closed
  expect((await recorded).kind).toBe('recorded')
})

test('a name that is forgotten while another is read is still told', async () => {
  const reads: ((names: Map<number, string>) => void)[] = []
  const writer = new BatchWriter({
    write: async (entries) => new Map(entries.map((entry) => [entry.serverId, WRITTEN])),
    findNames: () => new Promise((resolve) => reads.push(resolve)),
    maxWaiting: 10,
  })
  const first = writer.record(1, {})
  await vi.waitFor(() => expect(reads).toHaveLength(1))
  reads[0]?.(new Map([[1, 'one']]))
  await first
  const [again, other] = [writer.record(1, {}), writer.record(2, {})]
  await vi.waitFor(() => expect(reads).toHaveLength(2))
  writer.forgetName(1)
  reads[1]?.(new Map([[2, 'two']]))
  expect(await again).toMatchObject({ name: 'one' })
  expect(await other).toMatchObject({ name: 'two' })
})

test('the next batch does not wait for names, and a writer that closes does', async () => {
  const reads: ((names: Map<number, string>) => void)[] = []
  const batches: number[] = []
  const writer = new BatchWriter({
    write: async (entries) => {
      batches.push(entries.length)
      return new Map(entries.map((entry) => [entry.serverId, WRITTEN]))
    },
    findNames: () => new Promise((resolve) => reads.push(resolve)),
    maxWaiting: 10,
  })
  const first = writer.record(1, {})
  await vi.waitFor(() => expect(reads).toHaveLength(1))
  const second = writer.record(2, {})
  await vi.waitFor(() => expect(reads).toHaveLength(2))
  expect(batches).toEqual([1, 1])

  const closed = vi.fn()
  const closing = writer.close().then(closed)
  writer.forgetName(1)
  reads[1]?.(new Map([[2, 'two']]))
  expect(await second).toMatchObject({ name: 'two' })
  expect(closed).not.toHaveBeenCalled()
  reads[0]?.(new Map([[1, 'one']]))
  await closing
  expect(await first).toMatchObject({ name: 'one' })
})

test('a name that was changed while it was read is not remembered', async () => {
  const reads: ((names: Map<number, string>) => void)[] = []
  const writer = new BatchWriter({
    write: async (entries) => new Map(entries.map((entry) => [entry.serverId, WRITTEN])),
    findNames: () => new Promise((resolve) => reads.push(resolve)),
    maxWaiting: 10,
  })
  const first = writer.record(1, {})
  await vi.waitFor(() => expect(reads).toHaveLength(1))
  writer.forgetName(1)
  reads[0]?.(new Map([[1, 'old']]))
  await first

  const second = writer.record(1, {})
  await vi.waitFor(() => expect(reads).toHaveLength(2))
  reads[1]?.(new Map([[1, 'new']]))
  expect(await second).toMatchObject({ name: 'new' })
  expect(await writer.record(1, {})).toMatchObject({ name: 'new' })
})

test('a heartbeat that is too old when its turn comes is refused alone', async () => {
  const { writer, batches, commit } = scene()
  const first = writer.record(9, {})
  const old = writer.record(1, {}, performance.now() - 6_000)
  const fresh = writer.record(2, {})
  old.catch(() => undefined)
  await commit()
  await commit()
  expect(await Promise.all([first, fresh])).toMatchObject([{ kind: 'recorded' }, { kind: 'recorded' }])
  await expect(old).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  expect(batches).toEqual([[9], [2]])
})
