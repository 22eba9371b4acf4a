import { expect, test } from 'vitest'
import { DatabaseClock } from './database-clock.ts'

const NOON = Date.UTC(2026, 0, 1, 12)

function clockAt(monotonicMs: number) {
  const time = { ms: monotonicMs }
  return { time, clock: new DatabaseClock(() => time.ms) }
}

test('the middle of the exchange is taken as the moment of reading', () => {
  const { clock } = clockAt(110)
  clock.observe(100, 110, NOON)
  expect(clock.now()).toBe(NOON + 5)
})

test('a quick answer outweighs a slow one that agrees with it', () => {
  const { time, clock } = clockAt(0)
  clock.observe(0, 2, NOON)
  clock.observe(10, 60, NOON + 10)
  time.ms = 61
  expect(clock.now()).toBe(NOON + 60)
})

test('a slow answer counts when the quick one is half a minute old', () => {
  const { time, clock } = clockAt(0)
  clock.observe(0, 2, NOON)
  clock.observe(40_000, 40_050, NOON + 40_020)
  time.ms = 40_050
  expect(clock.now()).toBe(NOON + 40_045)
})

test.each([3_600_000, -3_600_000])('a step of the database clock by %i ms is believed at once', (step) => {
  const { time, clock } = clockAt(0)
  clock.observe(0, 2, NOON)
  clock.observe(250, 270, NOON + 260 + step)
  time.ms = 270
  expect(clock.now()).toBe(NOON + 270 + step)
})
