import { expect, test } from 'vitest'
import { HubClock, ownNow } from './clock.ts'

test("each answer narrows the hub's clock down", () => {
  const clock = new HubClock()
  expect(clock.offsetMs).toBe(0)
  clock.hear(1_000, 6_010, 1_020)
  expect(clock.offsetMs).toBe((4_990 + 5_011) / 2)
  clock.hear(2_000, 7_001, 2_002)
  expect(clock.offsetMs).toBe((4_999 + 5_002) / 2)
  expect(clock.uncertaintyMs).toBe(1.5)
  expect(clock.now(3_000)).toBe(8_000.5)
})

test('a clock that was moved is noticed, and read anew', () => {
  const clock = new HubClock()
  clock.hear(1_000, 1_001, 1_002)
  expect(clock.moved).toBe(false)
  clock.hear(2_000, 2_501, 2_002)
  expect(clock).toMatchObject({ moved: true, offsetMs: 500.5, uncertaintyMs: 1.5 })
})

test('our own clock never runs backwards', () => {
  const moments = Array.from({ length: 1_000 }, ownNow)
  expect(moments).toEqual(moments.toSorted((a, b) => a - b))
})
