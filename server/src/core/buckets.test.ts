import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Buckets, type TimedSample } from './buckets.ts'
import { METRICS } from './metrics.ts'

const HOUR = 3_600_000
const figure = fc.option(fc.float({ min: 0, max: 1e6, noNaN: true }), { nil: null })
const disk = fc.record({
  mount: fc.constantFrom('/', '/var'),
  usedPercent: fc.float({ min: 0, max: 100, noNaN: true }),
  usedBytes: fc.nat(),
  totalBytes: fc.nat(),
})
const sample = fc.record({
  ...Object.fromEntries(METRICS.map((metric) => [metric, figure])),
  at: fc.nat(HOUR - 1),
  disks: fc.uniqueArray(disk, { selector: (it) => it.mount }),
}) as unknown as fc.Arbitrary<TimedSample>

test('merged in stages is merged at once', () => {
  fc.assert(
    fc.property(fc.uniqueArray(sample, { selector: (it) => it.at, maxLength: 60 }), (samples) => {
      const fives = new Buckets({ origin: 0, widthMs: 300_000, size: 12 })
      const direct = new Buckets({ origin: 0, widthMs: HOUR, size: 1 })
      fives.addSamples(samples)
      direct.addSamples(samples)
      const staged = new Buckets({ origin: 0, widthMs: HOUR, size: 1 })
      staged.addRollups(fives.rollups())

      expect(staged.samples).toEqual(direct.samples)
      for (const [metric, figure] of direct.figures) {
        const other = staged.figures.get(metric)
        expect([other?.count, other?.min, other?.max]).toEqual([figure.count, figure.min, figure.max])
        expect(other?.mean[0]).toBeCloseTo(figure.mean[0] as number, 3)
      }
      expect([...staged.disks].map(([mount, it]) => [mount, it.usedBytes, it.usedPercent.max])).toEqual(
        expect.arrayContaining([...direct.disks].map(([mount, it]) => [mount, it.usedBytes, it.usedPercent.max])),
      )
    }),
  )
})

test('what lies outside is left out, and an instant at the edge belongs to the bucket that it begins', () => {
  const buckets = new Buckets({ origin: 1_000, widthMs: 100, size: 2 })
  const nothing = Object.fromEntries(METRICS.map((metric) => [metric, null])) as Record<(typeof METRICS)[number], null>
  buckets.addSamples([999, 1_000, 1_100, 1_199, 1_200].map((at) => ({ ...nothing, disks: [], at })))
  expect([...buckets.samples]).toEqual([1, 2])
})
