import { expect, test } from 'vitest'
import type { TimedSample } from './buckets.ts'
import { METRICS, type Metric } from './metrics.ts'
import { rollUpHour, withHours } from './roll-up.ts'

const HOUR = 3_600_000
const NOTHING = Object.fromEntries(METRICS.map((metric) => [metric, null])) as Record<Metric, null>

function sample(at: number, cpuPercent: number, uptimeSeconds: number | null = null): TimedSample {
  return {
    ...NOTHING,
    at,
    cpuPercent,
    uptimeSeconds,
    disks: [{ mount: '/', usedPercent: 1, usedBytes: at, totalBytes: 9 }],
  }
}

test('an hour becomes twelve stretches and one, whatever the order', () => {
  const { fiveMinutes, hour } = rollUpHour([sample(HOUR + 310_000, 30), sample(HOUR + 1, 10), sample(HOUR, 20)], HOUR)
  expect([fiveMinutes.at, fiveMinutes.samples]).toEqual([
    [HOUR, HOUR + 300_000],
    [2, 1],
  ])
  expect(fiveMinutes.figures.get('cpuPercent')).toEqual({ min: [10, 30], mean: [15, 30], max: [20, 30], count: [2, 1] })
  expect(hour.figures.get('cpuPercent')).toEqual({ min: [10], mean: [20], max: [30], count: [3] })
  expect(hour.disks.get('/')?.usedBytes).toEqual([HOUR + 310_000])
})

test('a sample that came twice counts once; the same uptime an hour later is another boot', () => {
  const twice = [sample(HOUR, 10, 5.25), sample(HOUR + 900, 10, 5.25), sample(HOUR + 1_800_000, 10, 5.25)]
  expect(rollUpHour(twice, HOUR).samples.map((it) => it.at)).toEqual([HOUR, HOUR + 1_800_000])
})

test('of a minute no more samples are kept than a server may have, the first ones', () => {
  const flood = Array.from({ length: 1_000 }, (_, i) => sample(HOUR + i * 60, i))
  const { samples, hour } = rollUpHour([...flood, sample(HOUR + 60_000, 7)], HOUR)
  expect(samples.map((it) => it.cpuPercent)).toEqual([...flood.slice(0, 120).map((it) => it.cpuPercent), 7])
  expect(hour.samples).toEqual([121])
})

test('hours take their places in the day, and one that is made again its old one', () => {
  const one = rollUpHour([sample(HOUR, 10)], HOUR).hour
  const two = rollUpHour([sample(2 * HOUR, 50)], 2 * HOUR).hour
  const again = rollUpHour([sample(HOUR, 10), sample(HOUR + 5, 30)], HOUR).hour
  const day = withHours(withHours(undefined, [two, one], 0), [again], 0)
  expect([day.at, day.samples]).toEqual([
    [HOUR, 2 * HOUR],
    [2, 1],
  ])
  expect(day.figures.get('cpuPercent')).toEqual({ min: [10, 50], mean: [20, 50], max: [30, 50], count: [2, 1] })
  expect(day.disks.get('/')?.usedBytes).toEqual([HOUR + 5, 2 * HOUR])
})
