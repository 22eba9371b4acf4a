import { expect, test } from 'vitest'
import { farewellInWords } from './farewell.ts'

const at = (time: string) => `2026-11-24T${time}Z`
const MOMENT = { now: Date.parse(at('12:03:00')), live: true }

test.each([
  [null, ''],
  [
    { at: at('12:00:10'), reason: 'REBOOT', expectedBackAt: at('12:05:10') },
    'said goodbye at 12:00: reboot, back by 12:05',
  ],
  [
    { at: at('11:50:10'), reason: 'REBOOT', expectedBackAt: at('11:55:00') },
    'said goodbye at 11:50: reboot, was to be back by 11:55',
  ],
  [{ at: at('12:00:10'), reason: 'STOPPED', expectedBackAt: null }, 'said goodbye at 12:00: its agent was stopped'],
] as const)('%o is said as "%s"', (farewell, said) => {
  expect(farewellInWords(farewell, MOMENT)).toBe(said)
})
