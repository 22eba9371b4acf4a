import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { FleetRow } from '../api/fleet-store.ts'
import { createExpectations } from './expectations.ts'

const row = (id: string) => ({ id, tags: [] }) as unknown as FleetRow
const tagged = (tag: string) => (row: FleetRow) => ({ ...row, tags: [tag] })

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

test('what is expected is seen at once, and until the hub’s own word has come', () => {
  const { seen, expect: expectOf, none } = createExpectations()
  const settle = expectOf(['1', '2'], tagged('web'))
  expect(seen(row('1'))?.tags).toEqual(['web'])
  expect(seen(row('3'))?.tags).toEqual([])
  settle([])
  expect(seen(row('2'))?.tags).toEqual(['web'])
  vi.advanceTimersByTime(1_500)
  expect(seen(row('2'))?.tags).toEqual([])
  expect(none.value).toBe(true)
})

test('what the hub refuses is taken back at once, and of that server only', () => {
  const { seen, expect: expectOf } = createExpectations()
  const settle = expectOf(['1', '2'], () => null)
  expect(seen(row('1'))).toBe(null)
  settle(['1'])
  expect(seen(row('1'))).toEqual(row('1'))
  expect(seen(row('2'))).toBe(null)
})

test('a later action on the same server counts, and the end of the earlier one does not end it', () => {
  const { seen, expect: expectOf } = createExpectations()
  const settle = expectOf(['1', '2'], tagged('first'))
  expectOf(['1'], tagged('second'))
  settle([])
  vi.advanceTimersByTime(1_500)
  expect(seen(row('1'))?.tags).toEqual(['second'])
  expect(seen(row('2'))?.tags).toEqual([])
})
