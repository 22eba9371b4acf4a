import { expect, test } from 'vitest'
import type { Rhythm } from '../core/rhythm.ts'
import { packRhythm, unpackRhythm } from './rhythm-row.ts'

const NOON = Date.UTC(2026, 0, 1, 12)

const RHYTHM: Rhythm = {
  sinceAt: NOON - 86_400_000,
  recent: [
    { at: NOON - 400_000, previousAt: null, retries: 0 },
    { at: NOON - 370_000, previousAt: NOON - 400_000, retries: 0 },
    // Between these two heartbeats some were lost with a hub.
    { at: NOON - 60_000, previousAt: NOON - 90_040, retries: 3 },
    { at: NOON - 30_020, previousAt: NOON - 60_000, retries: 0 },
    { at: NOON, previousAt: NOON - 30_020, retries: 253 },
  ],
  hours: [{ hour: 490_000, missedSlots: 3, nearMisses: 2, retries: 65_535, reboots: 1, agentRestarts: 4 }],
  agents: [{ boot: 0xffffffff, agentStartedAt: 1_767_268_800, firstAt: NOON - 5_000, lastAt: NOON }],
  skewMs: -1_500,
}

test('a packed rhythm is the same when it is unpacked', () => {
  expect(unpackRhythm(packRhythm(RHYTHM))).toEqual(RHYTHM)
})

test('a server that does as it should takes about 150 bytes', () => {
  const recent = Array.from({ length: 48 }, (_, i) => ({ at: i * 30_000, previousAt: (i - 1) * 30_000, retries: 0 }))
  const { recent: beats, hours, agents } = packRhythm({ ...RHYTHM, recent, hours: [] })
  expect(beats.length + hours.length + agents.length).toBeLessThanOrEqual(160)
})

test('long gaps are kept to the second, and those that no number holds are as long as can be', () => {
  const gapOf = (seconds: number) => {
    const { recent } = unpackRhythm(
      packRhythm({ ...RHYTHM, recent: [{ at: NOON, previousAt: NOON - seconds * 1_000, retries: 0 }] }),
    )
    return NOON - (recent[0]?.previousAt ?? 0)
  }
  expect(gapOf(327.67)).toBe(327_670)
  expect(gapOf(7_200.4)).toBe(7_200_000)
  expect(gapOf(90 * 86_400)).toBe(32_767_000)
})

test('two agents that follow each other within a second do not overlap once they are packed', () => {
  const agents = [
    { boot: 1, agentStartedAt: 1, firstAt: NOON - 60_000, lastAt: NOON + 600 },
    { boot: 2, agentStartedAt: 2, firstAt: NOON + 700, lastAt: NOON + 60_000 },
  ]
  const [ended, began] = unpackRhythm(packRhythm({ ...RHYTHM, agents })).agents
  expect(ended?.lastAt).toBeLessThanOrEqual(NOON + 600)
  expect(began?.firstAt).toBeGreaterThanOrEqual(NOON + 700)
})

test('an empty row is a rhythm that has not begun', () => {
  const none = Buffer.alloc(0)
  const row = { sinceAt: null, throughAt: null, recent: none, hours: none, agents: none, skewMs: null }
  expect(unpackRhythm(row)).toEqual({ sinceAt: null, recent: [], hours: [], agents: [], skewMs: null })
})
