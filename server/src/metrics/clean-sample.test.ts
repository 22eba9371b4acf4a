import { expect, test } from 'vitest'
import { METRICS } from '../core/metrics.ts'
import { cleanSample } from './clean-sample.ts'

test.each(METRICS.filter((metric) => metric !== 'uptimeSeconds'))(
  '%s that is too small for a 4-byte float is nothing, and no mistake',
  (metric) => {
    expect(cleanSample({ [metric]: 1e-300 }, '')[metric]).toBe(0)
  },
)
