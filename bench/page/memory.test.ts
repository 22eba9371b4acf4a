import { expect, test } from 'vitest'
import { growth } from './memory.ts'

const readings = (heap: readonly number[]) => heap.map((heapMb, i) => ({ minute: i / 2, heapMb }))

test('what a page takes while it warms up is no growth', () => {
  expect(growth(readings([10, 14, 17, 20, 20, 20, 20, 20, 20]))).toBe(0)
})

test('a leak grows by the minute, however much the readings waver', () => {
  expect(growth(readings([20, 21, 22, 23, 24, 25, 26, 27, 28]))).toBeCloseTo(2)
  expect(growth(readings([20, 20, 20, 20, 21, 19, 20, 21, 19, 20]))).toBeCloseTo(0, 0)
})
