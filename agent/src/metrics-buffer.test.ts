import { expect, test } from 'vitest'
import { VirtualHost } from '../test/virtual-host.ts'
import type { MetricSample } from './metrics.ts'
import { MetricsBuffer } from './metrics-buffer.ts'

const PATH = '/var/lib/agent/metrics.jsonl'
const BOOT = 'a-boot'

const sampleAt = (uptimeSeconds: number): MetricSample => ({ uptimeSeconds, disks: [] })

/** A host that has run for this long, with the file that an earlier agent left. */
function machine(uptimeSeconds: number, file?: string): VirtualHost {
  const host = new VirtualHost()
  host.files.set('/proc/uptime', `${uptimeSeconds}.00 123.45\n`)
  if (file !== undefined) host.files.set(PATH, file)
  return host
}

/** The file after an agent has kept one sample, measured at this uptime. */
function leftBy(uptimeSeconds: number): { file: string; wallClockMs: number } {
  const host = machine(uptimeSeconds)
  new MetricsBuffer(host, BOOT, PATH).add(sampleAt(uptimeSeconds), host.monotonicMs())
  return { file: host.files.get(PATH) ?? '', wallClockMs: host.wallClockMs() }
}

const ages = (buffer: MetricsBuffer) => buffer.oldest(1_000).map((sample) => sample.ageSeconds)

test('samples come out oldest first, with the age they have then', async () => {
  const host = machine(100)
  const buffer = new MetricsBuffer(host, BOOT, undefined)
  buffer.add(sampleAt(100), host.monotonicMs())
  await host.runUntil(60_000)
  buffer.add(sampleAt(160), host.monotonicMs())
  await host.runUntil(90_500)
  expect(buffer.oldest(5)).toEqual([
    { uptimeSeconds: 100, disks: [], ageSeconds: 90.5 },
    { uptimeSeconds: 160, disks: [], ageSeconds: 30.5 },
  ])
  buffer.dropOldest(1)
  expect(ages(buffer)).toEqual([30.5])
})

test('what was busy then is not kept: only what is busy now is of use', () => {
  const host = machine(100)
  const buffer = new MetricsBuffer(host, BOOT, PATH)
  const topProcesses = [{ pid: 7, name: 'nginx', cpuPercent: 1, memoryBytes: 1 }]
  buffer.add({ ...sampleAt(100), topProcesses }, host.monotonicMs())
  expect(buffer.oldest(1)).toEqual([{ uptimeSeconds: 100, disks: [], ageSeconds: 0 }])
  expect(host.files.get(PATH)).not.toContain('nginx')
})

test('a long absence is kept whole and bounded, the older the coarser', async () => {
  const host = machine(0)
  const buffer = new MetricsBuffer(host, BOOT, undefined)
  for (let minute = 0; minute < 1_000; minute++) {
    await host.runUntil(minute * 60_000)
    buffer.add(sampleAt(minute * 60), host.monotonicMs())
    expect(buffer.size).toBeLessThanOrEqual(240)
  }
  const kept = buffer.oldest(1_000).map((sample) => (sample.uptimeSeconds ?? 0) / 60)
  expect(kept[0]).toBe(0)
  expect(kept.at(-1)).toBe(999)
  expect(buffer.size).toBeGreaterThanOrEqual(120)
})

test('an agent that is started again finds what the last one kept, however the clock was set meanwhile', () => {
  const left = leftBy(1_000)
  const host = machine(1_120, left.file)
  host.wallClockStartMs = left.wallClockMs - 86_400_000
  expect(ages(new MetricsBuffer(host, BOOT, PATH))).toEqual([120])
})

test('after a reboot the clock tells the age', () => {
  const left = leftBy(1_000)
  const host = machine(20, left.file)
  host.wallClockStartMs = left.wallClockMs + 90_000
  expect(ages(new MetricsBuffer(host, 'another-boot', PATH))).toEqual([90])
})

test.each([
  ['from the future', -1_000],
  ['older than a day', 86_401_000],
])('what is %s by then is dropped', (_, laterMs) => {
  const left = leftBy(1_000)
  const host = machine(20, left.file)
  host.wallClockStartMs = left.wallClockMs + laterMs
  expect(ages(new MetricsBuffer(host, 'another-boot', PATH))).toEqual([])
})

test('a file that was cut short costs its last sample, rubbish costs nothing more', () => {
  const { file } = leftBy(1_000)
  for (const rubbish of [file.slice(0, 20), 'null', '{}', '[1]', '\u0000\u0001'])
    expect(ages(new MetricsBuffer(machine(1_000, `${file}${rubbish}`), BOOT, PATH))).toEqual([0])
})

test('where nothing can be written they wait in memory, and that is said once', () => {
  const host = machine(100)
  host.writeProblem = 'the disk is full'
  const buffer = new MetricsBuffer(host, BOOT, PATH)
  buffer.add(sampleAt(100), host.monotonicMs())
  buffer.add(sampleAt(101), host.monotonicMs())
  expect(buffer.size).toBe(2)
  expect(host.lines).toEqual([
    `${PATH} cannot be written (the disk is full): a restart would lose the metrics that wait.`,
  ])
})
