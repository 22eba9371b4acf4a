import { expect, test } from 'vitest'
import { HubClock } from './hub-clock.ts'

const HUB = Date.parse('2026-11-24T10:06:42Z')
const header = (ms: number) => new Date(ms).toUTCString()

/** A hub whose clock shows `offset` more than ours, asked at `sentAt`, each way 20 ms. */
function ask(clock: HubClock, sentAt: number, offset: number): void {
  clock.observe(header(sentAt + 20 + offset), sentAt, sentAt + 40)
}

test('before the first answer the local clock is all there is', () => {
  expect(new HubClock(() => HUB).now()).toBe(HUB)
})

test('a viewer’s clock that is right is kept', () => {
  const clock = new HubClock(() => HUB)
  for (let i = 0; i < 20; i++) ask(clock, HUB + i * 137, 0)
  expect(clock.offsetMs.value).toBe(0)
})

test('a viewer’s clock that is minutes off is put right within the time that an answer takes', () => {
  const offset = 245_678
  const clock = new HubClock(() => HUB)
  for (let i = 0; i < 200; i++) ask(clock, HUB + i * 137, offset)
  expect(Math.abs(clock.offsetMs.value - offset)).toBeLessThan(40)
})

test('a clock that is set while the page is open is followed', () => {
  const clock = new HubClock(() => HUB)
  for (let i = 0; i < 20; i++) ask(clock, HUB + i * 137, 0)
  ask(clock, HUB + 10_000, 3_600_000)
  expect(Math.abs(clock.offsetMs.value - 3_600_000)).toBeLessThan(1_000)
})

test('an answer without a date teaches nothing', () => {
  const clock = new HubClock(() => HUB)
  clock.observe(null, HUB, HUB)
  clock.observe('soon', HUB, HUB)
  expect(clock.now()).toBe(HUB)
})
