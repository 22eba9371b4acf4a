import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MAX_HISTORY, MIN_HISTORY, medianDetector } from './anomaly.ts'

const detect = medianDetector(1)

/** A quiet history around 20 with a little noise, newest first. */
function quiet(length: number): number[] {
  return Array.from({ length }, (_, i) => 20 + (i % 5) - 2)
}

test('a real jump that lasts is anomalous, with what was expected', () => {
  expect(detect([90, 92, 91, ...quiet(60)])).toMatchObject({ kind: 'anomalous', expected: 20 })
})

test('a drop is anomalous too', () => {
  expect(detect([-40, -41, -42, ...quiet(60)])).toMatchObject({ kind: 'anomalous' })
})

test.each([
  ['one peak', [90, 20, 21]],
  ['two values that have not lasted', [90, 91, 20]],
  ['values on both sides', [90, -60, 90]],
])('%s is not enough', (_name, newest) => {
  expect(detect([...newest, ...quiet(60)])).toEqual({ kind: 'unsure' })
})

test('without enough history nothing is said', () => {
  expect(detect([90, 90, 90, ...quiet(MIN_HISTORY - 1)])).toEqual({ kind: 'unsure' })
  expect(detect([90, 90, 90, ...quiet(MIN_HISTORY)])).toMatchObject({ kind: 'anomalous' })
})

test('a metric that never moved is not alarmed by a small step', () => {
  const flat = Array.from({ length: 60 }, () => 5)
  expect(detect([6, 6, 6, ...flat])).toEqual({ kind: 'usual' })
  expect(detect([12, 12, 12, ...flat])).toMatchObject({ kind: 'anomalous' })
})

test('what lies beyond the history does not count', () => {
  const old = Array.from({ length: 500 }, () => 90)
  expect(detect([90, 90, 90, ...quiet(MAX_HISTORY), ...old])).toMatchObject({ kind: 'anomalous' })
})

test('what is drawn from the history itself is never anomalous, whatever the unit', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -1e9, max: 1e9, noNaN: true }),
      fc.double({ min: 0.1, max: 1e6, noNaN: true }),
      (base, scale) => {
        const values = quiet(80).map((value) => base + value * scale)
        expect(detect(values).kind).not.toBe('anomalous')
      },
    ),
  )
})
