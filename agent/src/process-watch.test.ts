import { expect, test } from 'vitest'
import { VirtualHost } from '../test/virtual-host.ts'
import { ProcessWatch } from './process-watch.ts'

interface Pretended {
  readonly name: string
  readonly ticks: number
  readonly startedAt?: number
  readonly kilobytes?: number
}

/** A machine with these processes, whose processors have had so many ticks since boot. */
function show(host: VirtualHost, ticks: number, processes: Readonly<Record<number, Pretended>>): void {
  host.files.clear()
  host.files.set('/proc/stat', `cpu  ${ticks} 0 0 0 0 0 0 0 0 0\n`)
  host.directories.set('/proc', ['self', ...Object.keys(processes)])
  for (const [pid, { name, ticks, startedAt = 50, kilobytes = 0 }] of Object.entries(processes)) {
    const fields = [
      'S',
      ...Array(10).fill('1'),
      ticks,
      '0',
      '0',
      '0',
      '20',
      '0',
      '1',
      '0',
      startedAt,
      '9',
      kilobytes / 4,
    ]
    host.files.set(`/proc/${pid}/stat`, `${pid} (${name}) ${fields.join(' ')}\n`)
    host.files.set(`/proc/${pid}/status`, kilobytes === 0 ? '' : `VmRSS:\t${kilobytes} kB\n`)
    host.files.set(`/proc/${pid}/cmdline`, `${name}\0--password=ssa_secret`)
  }
}

test('those that computed most since the look before, and the largest, are told; the first look tells none', async () => {
  const host = new VirtualHost()
  const watch = new ProcessWatch(host, 1)
  show(host, 10_000, { 1: { name: 'init', ticks: 5_000 }, 7: { name: 'db', ticks: 10, kilobytes: 2_048 } })
  expect(await watch.look()).toEqual([])

  show(host, 10_400, {
    1: { name: 'init', ticks: 5_001 },
    7: { name: 'db', ticks: 10, kilobytes: 4_096 },
    9: { name: 'backup', ticks: 200, startedAt: 9_900, kilobytes: 4 },
  })
  expect(await watch.look()).toEqual([
    { pid: 9, name: 'backup', cpuPercent: 50, memoryBytes: 4_096 },
    { pid: 7, name: 'db', cpuPercent: 0, memoryBytes: 4_194_304 },
  ])
})

test('a process that is both is told once, and another with the number of one before counts from its own beginning', async () => {
  const host = new VirtualHost()
  const watch = new ProcessWatch(host, 5)
  show(host, 1_000, { 7: { name: 'old', ticks: 900, startedAt: 5 } })
  await watch.look()
  show(host, 1_100, { 7: { name: 'new', ticks: 25, startedAt: 1_020, kilobytes: 8 } })
  expect(await watch.look()).toEqual([{ pid: 7, name: 'new', cpuPercent: 25, memoryBytes: 8_192 }])
})

test.each(['', ' ', '\t'])(
  'one that calls itself "%s" is told all the same: a hub would refuse it all without a name',
  async (name) => {
    const host = new VirtualHost()
    const watch = new ProcessWatch(host, 5)
    show(host, 1_000, { 7: { name, ticks: 0 } })
    await watch.look()
    show(host, 1_100, { 7: { name, ticks: 10 } })
    expect(await watch.look()).toEqual([{ pid: 7, name: '?', cpuPercent: 10, memoryBytes: 0 }])
  },
)

test('one that ends while it is looked at, or that may not be looked at, is left out', async () => {
  const host = new VirtualHost()
  const watch = new ProcessWatch(host, 5)
  show(host, 1_000, { 7: { name: 'a', ticks: 0 }, 8: { name: 'b', ticks: 0 } })
  await watch.look()
  show(host, 1_100, { 7: { name: 'a', ticks: 10 }, 8: { name: 'b', ticks: 10 } })
  host.files.delete('/proc/7/stat')
  host.files.delete('/proc/8/status')
  expect(await watch.look()).toEqual([{ pid: 8, name: 'b', cpuPercent: 10, memoryBytes: 0 }])
})

test('of a machine with very many, ten thousand are looked at, by and by; a busy one that comes into sight was not just born', async () => {
  const host = new VirtualHost()
  const watch = new ProcessWatch(host, 3)
  const crowd = Object.fromEntries(Array.from({ length: 10_050 }, (_, i) => [i + 1, { name: `p${i + 1}`, ticks: 500 }]))
  show(host, 1_000_000, crowd)
  let done = false
  void watch.look().then(() => (done = true))
  await host.runUntil(400)
  expect(done).toBe(false)
  await host.runUntil(600)
  expect(done).toBe(true)

  const later = { ...crowd, 10000: { name: 'busy', ticks: 600 }, 10050: { name: 'unseen', ticks: 9_999 } }
  delete (later as Record<number, unknown>)[1]
  show(host, 1_001_000, later)
  const told = watch.look()
  await host.runUntil(1_200)
  expect(await told).toEqual([{ pid: 10_000, name: 'busy', cpuPercent: 10, memoryBytes: 0 }])
})

test('nothing is looked at where none are asked for', async () => {
  const host = new VirtualHost()
  host.listDirectory = () => {
    throw new Error('It looked.')
  }
  expect(await new ProcessWatch(host, 0).look()).toEqual([])
})
