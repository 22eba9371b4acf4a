import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Deadlines } from './deadlines.ts'
import { type Instant, MAX_SERVER_ID, type ServerId } from './types.ts'

const NOON = Date.UTC(2026, 0, 1, 12)

function queueOf(...entries: [ServerId, Instant][]): Deadlines {
  const deadlines = new Deadlines()
  for (const [id, at] of entries) deadlines.set(id, at)
  return deadlines
}

test('an empty queue has nothing due, ever', () => {
  const deadlines = new Deadlines()
  expect(deadlines.earliest()).toBe(Infinity)
  expect(deadlines.takeDue(Infinity)).toEqual([])
  expect(deadlines.size).toBe(0)
})

test('a server is due at its deadline, not before', () => {
  const deadlines = queueOf([7, NOON + 0.001])
  expect(deadlines.takeDue(NOON)).toEqual([])
  expect(deadlines.takeDue(NOON + 0.001)).toEqual([7])
  expect(deadlines.size).toBe(0)
})

test('what is due comes earliest first, equals by id, and leaves the rest', () => {
  const deadlines = queueOf([5, NOON + 3], [9, NOON], [2, NOON + 1], [1, NOON + 1], [4, NOON + 2])
  expect(deadlines.takeDue(NOON + 2)).toEqual([9, 1, 2, 4])
  expect([...deadlines.ids()]).toEqual([5])
  expect(deadlines.earliest()).toBe(NOON + 3)
})

test('a deadline can be moved earlier and later', () => {
  const deadlines = queueOf([1, NOON + 1], [2, NOON + 2], [3, NOON + 3])
  deadlines.set(3, NOON)
  deadlines.set(1, NOON + 9)
  expect(deadlines.get(1)).toBe(NOON + 9)
  expect(deadlines.takeDue(NOON + 10)).toEqual([3, 2, 1])
})

test('a deleted server is due no more, and deleting an unknown one is nothing', () => {
  const deadlines = queueOf([1, NOON], [2, NOON])
  deadlines.delete(1)
  deadlines.delete(99)
  expect(deadlines.get(1)).toBeUndefined()
  expect(deadlines.takeDue(NOON)).toEqual([2])
})

test('a cleared queue can be filled again', () => {
  const deadlines = queueOf([1, NOON], [2, NOON], [3, NOON])
  deadlines.delete(2)
  deadlines.clear()
  expect(deadlines.earliest()).toBe(Infinity)
  deadlines.set(3, NOON + 1)
  deadlines.set(4, NOON)
  expect(deadlines.takeDue(NOON + 1)).toEqual([4, 3])
})

test('the largest id and deadlines at infinity are kept apart from an empty queue', () => {
  const deadlines = queueOf([MAX_SERVER_ID, Infinity])
  expect(deadlines.takeDue(NOON)).toEqual([])
  expect(deadlines.takeDue(Infinity)).toEqual([MAX_SERVER_ID])
})

test('a deadline that is not a number is refused and leaves the queue as it was', () => {
  const deadlines = queueOf([1, NOON])
  expect(() => deadlines.set(1, Number.NaN)).toThrow(RangeError)
  expect(() => deadlines.set(2, Number.NaN)).toThrow(RangeError)
  expect(deadlines.takeDue(NOON)).toEqual([1])
})

/** The same queue, slow and plain: a map that is sorted at each look. */
class Model {
  readonly entries = new Map<ServerId, Instant>()

  sorted(): [ServerId, Instant][] {
    return [...this.entries].sort(([idA, atA], [idB, atB]) => atA - atB || idA - idB)
  }

  takeDue(now: Instant): ServerId[] {
    const due = this.sorted().flatMap(([id, at]) => (at <= now ? [id] : []))
    for (const id of due) this.entries.delete(id)
    return due
  }
}

const anyId = fc.integer({ min: 1, max: 40 })
const anyAt = fc.integer({ min: 0, max: 60 })
const anyStep = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('set' as const), id: anyId, at: anyAt }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), id: anyId }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('take' as const), now: anyAt }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('clear' as const) }) },
)

test('behaves like a sorted list, whatever happens to it', () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 200, size: 'max' }), (steps) => {
      const deadlines = new Deadlines()
      const model = new Model()
      for (const step of steps) {
        if (step.kind === 'set') {
          deadlines.set(step.id, step.at)
          model.entries.set(step.id, step.at)
        } else if (step.kind === 'delete') {
          deadlines.delete(step.id)
          model.entries.delete(step.id)
        } else if (step.kind === 'take') {
          expect(deadlines.takeDue(step.now)).toEqual(model.takeDue(step.now))
        } else {
          deadlines.clear()
          model.entries.clear()
        }
        expect(deadlines.size).toBe(model.entries.size)
        expect(deadlines.earliest()).toBe(model.sorted()[0]?.[1] ?? Infinity)
      }
      expect(new Set(deadlines.ids())).toEqual(new Set(model.entries.keys()))
      for (const id of deadlines.ids()) expect(deadlines.get(id)).toBe(model.entries.get(id))
      expect(deadlines.takeDue(Infinity)).toEqual(model.takeDue(Infinity))
    }),
  )
})

test('a fleet of 100,000 comes out in order', () => {
  const deadlines = new Deadlines()
  const model = new Model()
  for (let id = 1; id <= 100_000; id += 1) {
    const at = NOON + ((id * 48_271) % 60_013)
    deadlines.set(id, at)
    model.entries.set(id, at)
  }
  expect(deadlines.takeDue(NOON + 30_000)).toEqual(model.takeDue(NOON + 30_000))
  expect(deadlines.size).toBe(model.entries.size)
})
