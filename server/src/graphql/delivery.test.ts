import { buildSchema, parse } from 'graphql'
import { expect, test } from 'vitest'
import { Queue } from '../publish/broadcast.ts'
import { Delivery } from './delivery.ts'
import type { Outlet } from './outlet.ts'
import { SharedExecution } from './shared-execution.ts'

interface Item {
  readonly n: number
}

const schema = buildSchema('type Query { n: Int } type Subscription { n: Int }')
const document = parse('subscription { n }')

/** A socket that takes this many messages, and then no more until it is drained. */
class SmallSocket {
  readonly written: number[] = []
  readonly bursts: number[] = []
  #onDrain: (() => void) | undefined
  #room: number

  constructor(readonly size: number) {
    this.#room = size
  }

  write(payloads: readonly Buffer[], from: number): number {
    const some = payloads.slice(from, from + this.#room)
    this.#room -= some.length
    this.bursts.push(some.length)
    for (const payload of some) this.written.push(JSON.parse(String(payload)).data.n)
    return from + some.length
  }

  get isFull(): boolean {
    return this.#room === 0
  }

  whenDrained(callBack: () => void): void {
    this.#onDrain = callBack
  }

  drain(): void {
    this.#room = this.size
    this.#onDrain?.()
  }
}

function scene({ size = 1_000, limit = 10 } = {}) {
  const source = new Queue<Item>(
    limit,
    () => true,
    (unread) => new Error(`unread from ${unread[0]?.n}`),
    () => undefined,
  )
  const execution = new SharedExecution(
    { schema, document },
    (result) => result,
    () => undefined,
  )
  const socket = new SmallSocket(size)
  const delivery = new Delivery(source, execution, socket as unknown as Outlet)
  return { source, socket, delivery, push: (...numbers: number[]) => source.push(numbers.map((n) => ({ n }))) }
}

test('what comes together goes out together, and in order', async () => {
  const { push, socket, source, delivery } = scene()
  push(1, 2, 3)
  await expect.poll(() => socket.written).toEqual([1, 2, 3])
  push(4)
  push(5)
  source.end()
  await delivery.ended
  expect(socket.written).toEqual([1, 2, 3, 4, 5])
  expect(socket.bursts[0]).toBe(3)
})

test('a full socket is waited for, and what comes meanwhile waits in the stream', async () => {
  const { push, socket } = scene({ size: 2 })
  push(1, 2, 3)
  await expect.poll(() => socket.written).toEqual([1, 2])
  push(4, 5, 6)
  socket.drain()
  expect(socket.written).toEqual([1, 2, 3])
  await expect.poll(() => socket.written).toEqual([1, 2, 3, 4])
  socket.drain()
  expect(socket.written).toEqual([1, 2, 3, 4, 5, 6])
})

test('who is too slow has what was on its way, then the end, which says from where to go on', async () => {
  const { push, socket, delivery } = scene({ size: 1, limit: 2 })
  push(1, 2)
  await expect.poll(() => socket.written).toEqual([1])
  push(3)
  push(4)
  push(5)
  socket.drain()
  socket.drain()
  await expect(delivery.ended).rejects.toThrow('unread from 3')
  expect(socket.written).toEqual([1, 2])
})

test('nothing is written to whoever has gone, whatever was waited for', async () => {
  const full = scene({ size: 1 })
  full.push(1, 2)
  await expect.poll(() => full.socket.written).toEqual([1])
  full.delivery.stop()
  full.socket.drain()
  await full.delivery.ended
  expect(full.socket.written).toEqual([1])

  const executing = scene()
  executing.push(1)
  executing.delivery.stop()
  executing.push(2)
  await executing.delivery.ended
  await new Promise((resolve) => setImmediate(resolve))
  expect(executing.socket.written).toEqual([])
})
