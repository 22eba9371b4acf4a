import fc from 'fast-check'
import type { Gap, StatusFacts } from '../../src/core/types.ts'

/** What the core's property tests draw from: five minutes after a noon, down to the microsecond. */
const NOON_MICROS = Date.UTC(2026, 0, 1, 12) * 1_000
const FIVE_MINUTES_MICROS = 300_000_000

/** The smallest step of an instant, in milliseconds. */
export const MICROSECOND = 0.001

/** Whole seconds often, so that limits, gaps and moments meet exactly. */
const anyMicros = fc.oneof(
  fc.integer({ min: 0, max: 300 }).map((seconds) => seconds * 1_000_000),
  fc.integer({ min: 0, max: FIVE_MINUTES_MICROS }),
)

export const anyInstant = anyMicros.map((micros) => (NOON_MICROS + micros) / 1_000)

export const anyGap: fc.Arbitrary<Gap> = fc
  .uniqueArray(anyInstant, { minLength: 2, maxLength: 2 })
  .map((ends) => ({ from: Math.min(...ends), until: Math.max(...ends) }))

export const anyGaps = fc.array(anyGap, { maxLength: 5 })

export const anyFacts: fc.Arbitrary<StatusFacts> = fc.record({
  suspended: fc.boolean(),
  lastHeartbeatAt: fc.option(anyInstant, { freq: 9 }),
  offlineAfterSeconds: fc.oneof(fc.constantFrom(2, 60), fc.integer({ min: 2, max: 86_400 })),
  activeAlerts: fc.nat(2),
  activeAnomalies: fc.nat(2),
  gaps: anyGaps,
})
