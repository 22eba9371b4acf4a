import { expect, test } from 'vitest'
import { cpuMsOf, cpuMsOfFamily, residentMb } from './cpu-time.ts'

test('the time that this process burns is counted, for itself and for its family', () => {
  const [own, family] = [cpuMsOf(process.pid), cpuMsOfFamily(process.pid)]
  const { user } = process.cpuUsage()
  while (process.cpuUsage().user - user < 60_000);
  expect(cpuMsOf(process.pid)).toBeGreaterThanOrEqual(own + 50)
  expect(cpuMsOfFamily(process.pid)).toBeGreaterThanOrEqual(family + 50)
})

test('memory is told in megabytes, and a process that has ended has none', () => {
  expect(residentMb(process.pid)).toBeCloseTo(process.memoryUsage().rss / 1e6, -2)
  expect(residentMb(2 ** 22 + 1)).toBe(0)
  expect(cpuMsOf(2 ** 22 + 1)).toBe(0)
})
