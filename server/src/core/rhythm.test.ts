import { describe, expect, test } from 'vitest'
import { addBeats, type HeardBeat, NO_RHYTHM, type Rhythm, sharedTokenAt, sumSince } from './rhythm.ts'
import type { Gap } from './types.ts'

const NOON = Date.UTC(2026, 0, 1, 12)
const SECOND = 1_000
const RULE = { limitMs: 60 * SECOND, gaps: [] as Gap[] }

/** Heartbeats with these gaps in seconds between them, the first one at noon. */
function beats(gaps: readonly number[], fields: Partial<HeardBeat> = {}, startAt = NOON): HeardBeat[] {
  let at = startAt
  const made: HeardBeat[] = [{ ...beat(at, null), ...fields }]
  for (const gap of gaps) {
    made.push({ ...beat(at + gap * SECOND, at), ...fields })
    at += gap * SECOND
  }
  return made
}

function beat(at: number, previousAt: number | null): HeardBeat {
  return { at, previousAt, retries: 0, boot: 0, agentStartedAt: 0, skewMs: null }
}

function dayOf(rhythm: Rhythm) {
  return sumSince(rhythm.hours, NOON - 3_600_000)
}

const STEADY = Array.from({ length: 10 }, () => 30)

describe('gaps', () => {
  test.each([
    [44.999, 0],
    [45, 1],
    [57.2, 1],
    [60, 1],
    [60.001, 0],
  ])('a gap of %s s against a limit of 60 s: %s near misses', (gap, nearMisses) => {
    expect(dayOf(addBeats(NO_RHYTHM, beats([...STEADY, gap]), RULE)).nearMisses).toBe(nearMisses)
  })

  test('slots without a heartbeat are counted by the usual interval, however long it is', () => {
    expect(dayOf(addBeats(NO_RHYTHM, beats([...STEADY, 31, 92, 29]), RULE)).missedSlots).toBe(2)
    expect(dayOf(addBeats(NO_RHYTHM, beats([5, 5, 5, 5, 5, 5, 21]), RULE)).missedSlots).toBe(3)
  })

  test('before there are enough gaps nothing is called missed', () => {
    expect(dayOf(addBeats(NO_RHYTHM, beats([30, 30, 120]), RULE)).missedSlots).toBe(0)
  })

  test('what nobody could have heard is neither a near miss nor missed', () => {
    const all = beats([...STEADY, 55, 30, 300])
    const [before, after] = [all[10] as HeardBeat, all[12] as HeardBeat]
    const gaps = [
      { from: before.at + SECOND, until: before.at + 26 * SECOND },
      { from: after.at + SECOND, until: after.at + 271 * SECOND },
    ]
    expect(dayOf(addBeats(NO_RHYTHM, all, { ...RULE, gaps }))).toMatchObject({ nearMisses: 0, missedSlots: 0 })
    expect(dayOf(addBeats(NO_RHYTHM, all, RULE))).toMatchObject({ nearMisses: 1, missedSlots: 10 })
  })
})

test('heartbeats of two hubs, told in any order and in parts, make the same rhythm', () => {
  const all = beats([...STEADY, 50, 30, 95, 30])
  const whole = addBeats(NO_RHYTHM, all, RULE)
  const odd = all.filter((_, i) => i % 2 === 1)
  const even = all.filter((_, i) => i % 2 === 0)
  for (const [first, second] of [
    [odd, even],
    [even, odd],
  ] as const) {
    const parts = addBeats(addBeats(NO_RHYTHM, first.toReversed(), RULE), second, RULE)
    expect(parts.recent).toEqual(whole.recent)
    expect(parts.sinceAt).toBe(NOON)
    expect(dayOf(parts).nearMisses).toBe(1)
  }
})

test('only the newest heartbeats are kept, and only the hours of a day', () => {
  const hourly = beats(
    Array.from({ length: 100 }, () => 3_600),
    { retries: 1 },
  )
  const { recent, hours } = addBeats(NO_RHYTHM, hourly, RULE)
  expect(recent).toHaveLength(48)
  expect(recent.at(-1)?.at).toBe(hourly.at(-1)?.at)
  expect(hours).toHaveLength(25)
})

describe('agents', () => {
  const B1 = { boot: 11, agentStartedAt: 100 }
  const add = (rhythm: Rhythm, who: Partial<HeardBeat>, minute: number, gaps = [30]) =>
    addBeats(rhythm, beats(gaps, who, NOON + minute * 60 * SECOND), RULE)

  test('a new boot is a reboot, a new start in the same boot a restart; neither is the first', () => {
    let rhythm = add(NO_RHYTHM, B1, 0)
    expect(dayOf(rhythm)).toMatchObject({ reboots: 0, agentRestarts: 0 })
    rhythm = add(rhythm, { ...B1, agentStartedAt: 200 }, 2)
    expect(dayOf(rhythm)).toMatchObject({ reboots: 0, agentRestarts: 1 })
    rhythm = add(rhythm, { boot: 12, agentStartedAt: 300 }, 4)
    expect(dayOf(rhythm)).toMatchObject({ reboots: 1, agentRestarts: 1 })
    expect(sharedTokenAt(rhythm.agents)).toBeNull()
  })

  test('two machines that take turns share a token, whichever hub heard which', () => {
    const both = addBeats(
      addBeats(NO_RHYTHM, beats([60, 60], B1), RULE),
      beats([60, 60], { boot: 12, agentStartedAt: 150 }, NOON + 30 * SECOND),
      RULE,
    )
    expect(sharedTokenAt(both.agents)).toBe(NOON + 120 * SECOND)
  })

  test('a single call from the shell says no start and is no restart', () => {
    let rhythm = add(NO_RHYTHM, { boot: 11 }, 0)
    rhythm = add(rhythm, B1, 2)
    rhythm = add(rhythm, { boot: 11 }, 3)
    rhythm = add(rhythm, B1, 5)
    expect(dayOf(rhythm)).toMatchObject({ reboots: 0, agentRestarts: 0 })
    expect(sharedTokenAt(rhythm.agents)).toBeNull()
  })

  test('an agent that says nothing of itself is counted all the same', () => {
    const rhythm = addBeats(NO_RHYTHM, beats([...STEADY, 50]), RULE)
    expect(rhythm).toMatchObject({ agents: [], skewMs: null })
    expect(dayOf(rhythm).nearMisses).toBe(1)
  })
})

test('retries are added up, and the newest skew counts', () => {
  const some = beats(STEADY, { retries: 2, skewMs: 400 })
  const rhythm = addBeats(
    NO_RHYTHM,
    [...some, { ...beat(NOON + 330 * SECOND, NOON + 300 * SECOND), skewMs: -90 }],
    RULE,
  )
  expect(dayOf(rhythm).retries).toBe(22)
  expect(rhythm.skewMs).toBe(-90)
})
