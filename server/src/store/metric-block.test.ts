import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Buckets, type TimedSample } from '../core/buckets.ts'
import { METRICS } from '../core/metrics.ts'
import { packRollups, packSamples, unpackRollups, unpackSamples } from './metric-block.ts'

const ORIGIN = Date.UTC(2026, 0, 1, 12)
const HOUR = 3_600_000
const figure = fc.option(
  fc.nat(1_000_000).map((whole) => whole / 100),
  { nil: null },
)
const disk = fc.record({
  mount: fc.constantFrom('/', '/var', '/ü'),
  usedPercent: fc.nat(10_000).map((whole) => whole / 100),
  usedBytes: fc.maxSafeNat(),
  totalBytes: fc.maxSafeNat(),
})
const samples = fc
  .array(
    fc.record({
      ...Object.fromEntries(METRICS.map((metric) => [metric, figure])),
      at: fc.nat(HOUR - 1).map((ms) => ORIGIN + ms),
      disks: fc.uniqueArray(disk, { selector: (it) => it.mount, maxLength: 3 }),
    }) as unknown as fc.Arbitrary<TimedSample>,
    { minLength: 1, maxLength: 70 },
  )
  .map((all) => all.toSorted((a, b) => a.at - b.at))

/** The order of file systems is not kept. */
function ordered(all: readonly TimedSample[]) {
  return all.map((it) => ({ ...it, disks: it.disks.toSorted((a, b) => (a.mount < b.mount ? -1 : 1)) }))
}

test('samples come back as they were', () => {
  fc.assert(
    fc.property(samples, (all) => {
      expect(ordered(unpackSamples(packSamples(all, ORIGIN), ORIGIN))).toEqual(ordered(all))
    }),
  )
})

test('roll-ups come back as they were, their means to a place more than the figures have', () => {
  fc.assert(
    fc.property(samples, (all) => {
      const buckets = new Buckets({ origin: ORIGIN, widthMs: 300_000, size: 12 })
      buckets.addSamples(all)
      const before = buckets.rollups()
      const after = unpackRollups(packRollups(before, ORIGIN), ORIGIN)

      expect([after.at, after.samples]).toEqual([before.at, before.samples])
      expect([...after.disks.keys()]).toEqual([...before.disks.keys()])
      for (const [metric, figure] of before.figures) {
        const other = after.figures.get(metric)
        expect(other?.count).toEqual(figure.count)
        Array.from(figure.count).forEach((count, i) => {
          if (count === 0) return
          expect([other?.min[i], other?.max[i]]).toEqual([figure.min[i], figure.max[i]])
          expect(other?.mean[i]).toBeCloseTo(figure.mean[i] as number, 2)
        })
      }
    }),
  )
})
