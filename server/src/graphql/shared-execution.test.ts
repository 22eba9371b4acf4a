import { buildSchema, type ExecutionResult, parse } from 'graphql'
import { expect, test, vi } from 'vitest'
import { SharedExecution, SharedExecutions } from './shared-execution.ts'

const schema = buildSchema('type Query { n: Int } type Subscription { counted: Int }')
const document = parse('subscription { counted }')
const asIs = (result: ExecutionResult) => result

function scene() {
  const resolve = vi.fn(async ({ counted }: { counted: number }) => counted)
  const log = vi.fn<(error: unknown) => void>()
  const execution = new SharedExecution({ schema, document, fieldResolver: resolve }, asIs, log)
  const read = async (items: readonly object[]) => {
    for (;;) {
      const { promise, resolve } = Promise.withResolvers<void>()
      const payloads = execution.payloads(items, resolve)
      if (payloads) return payloads.map(String)
      await promise
    }
  }
  return { resolve, execution, read, log }
}

const answer = (counted: number) => `{"data":{"counted":${counted}}}`

test('what many wait for is worked out once, and each gets it in the order of its own items', async () => {
  const { resolve, read } = scene()
  const [a, b, c] = [{ counted: 1 }, { counted: 2 }, { counted: 3 }]
  const all = [read([a, b, c]), read([a, b, c]), read([c]), read([b, c])]
  expect(await Promise.all(all)).toEqual([
    [answer(1), answer(2), answer(3)],
    [answer(1), answer(2), answer(3)],
    [answer(3)],
    [answer(2), answer(3)],
  ])
  expect(await read([b, a])).toEqual([answer(2), answer(1)])
  expect(resolve).toHaveBeenCalledTimes(3)
})

test('what is published together is told together, one call each, also in a storm', async () => {
  for (const size of [3, 1_000]) {
    const { execution } = scene()
    const items = Array.from({ length: size }, (_, counted) => ({ counted }))
    const told = [vi.fn(), vi.fn()]
    for (const onReady of told) expect(execution.payloads(items, onReady)).toBeUndefined()
    await vi.waitFor(() => expect(told[0]).toHaveBeenCalled())
    for (const onReady of told) expect(onReady).toHaveBeenCalledOnce()
    expect(execution.payloads(items, () => undefined)).toHaveLength(size)
  }
})

test('an answer that cannot be encoded becomes an opaque one, and those beside it and after it are told', async () => {
  const bad = new Error('secret')
  const log = vi.fn<(error: unknown) => void>()
  const toWire = (result: ExecutionResult) => {
    if (result.data?.counted === 2) throw bad
    return result
  }
  const fieldResolver = ({ counted }: { counted: number }) => counted
  const execution = new SharedExecution({ schema, document, fieldResolver }, toWire, log)
  const items = [{ counted: 1 }, { counted: 2 }, { counted: 3 }]
  await new Promise<void>((resolve) => execution.payloads(items, resolve))
  const defect = '{"errors":[{"message":"Something went wrong on our side.","extensions":{"code":"DEFECT"}}]}'
  expect(execution.payloads(items, () => undefined)?.map(String)).toEqual([answer(1), defect, answer(3)])
  expect(log).toHaveBeenCalledExactlyOnceWith(bad)
})

test('equal items are not the same item', async () => {
  const { resolve, read } = scene()
  await read([{ counted: 1 }, { counted: 1 }])
  expect(resolve).toHaveBeenCalledTimes(2)
})

test('an operation is shared for as long as anybody runs it', () => {
  const executions = new SharedExecutions(asIs, () => undefined)
  const args = { schema, document }
  const first = executions.enter('key', args)
  expect(executions.enter('key', args)).toBe(first)
  expect(executions.enter('another', args)).not.toBe(first)
  executions.leave('key')
  expect(executions.enter('key', args)).toBe(first)
  for (const key of ['key', 'key', 'another']) executions.leave(key)
  expect(executions.size).toBe(0)
  expect(executions.enter('key', args)).not.toBe(first)
})
