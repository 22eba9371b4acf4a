import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ByteReader, ByteWriter, packNumbers, placesOf, unpackNumbers } from './packed-numbers.ts'

function there(values: readonly (number | null)[]): Uint8Array {
  const to = new ByteWriter()
  packNumbers(to, values)
  return to.done()
}

function thereAndBack(values: readonly (number | null)[]): (number | null)[] {
  return unpackNumbers(new ByteReader(there(values)), values.length)
}

test('every column comes back as it was', () => {
  const decimal = fc.integer({ min: -1e9, max: 1e9 }).map((whole) => whole / 100)
  const number = fc.oneof(decimal, fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }))
  const column = fc.array(fc.option(number, { nil: null }), { maxLength: 100 })
  fc.assert(
    fc.property(column, (values) => {
      expect(thereAndBack(values).map(withoutSign)).toEqual(values.map(withoutSign))
    }),
  )
})

/** Minus nothing is nothing. */
function withoutSign(value: number | null): number | null {
  return value === 0 ? 0 : value
}

test.each<[string, (number | null)[], number]>([
  ['nothing', Array(60).fill(null), 1],
  ['what never changes', Array(60).fill(0), 61],
  ['what changes by hundredths', Array.from({ length: 60 }, (_, i) => (4_000 + (i % 7)) / 100), 62],
])('%s costs little', (_name, values, bytes) => {
  expect(there(values)).toHaveLength(bytes)
})

test('a third has more places than are counted', () => {
  expect([placesOf([1, 2]), placesOf([12.34, 5]), placesOf([1 / 3])]).toEqual([0, 2, undefined])
})

test('a block that was cut off is no block', () => {
  expect(() => unpackNumbers(new ByteReader(there([1, 2, 3]).subarray(0, 2)), 3)).toThrow('ends too early')
})
