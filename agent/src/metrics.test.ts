import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CONTAINER_MOUNTS, DISKSTATS, LOADAVG, MEMINFO, MOUNTS, NET_DEV, STAT, UPTIME } from '../test/proc-texts.ts'
import {
  type Counters,
  countProcesses,
  diskUse,
  parseCpuTimes,
  parseDisks,
  parseLoad,
  parseMemory,
  parseMounts,
  parseNetworks,
  parseUptime,
  ratesBetween,
  type Transfer,
} from './metrics.ts'

describe('a text of /proc', () => {
  test('stat: all but idling and waiting is work', () => {
    expect(parseCpuTimes(STAT)).toEqual({ busy: 252_160, total: 1_254_505 })
  })

  test('stat of an old kernel, without stolen time', () => {
    expect(parseCpuTimes('cpu  10 20 30 40\ncpu0 1 2 3 4\n')).toEqual({ busy: 60, total: 100 })
  })

  test('meminfo: used is what is not available', () => {
    expect(parseMemory(MEMINFO)).toEqual({ memoryPercent: 75, swapPercent: 25 })
  })

  test('meminfo of an old kernel, which does not say what is available', () => {
    expect(parseMemory(MEMINFO.replace(/MemAvailable.*\n/, ''))).toEqual({ memoryPercent: 75, swapPercent: 25 })
  })

  test('meminfo of a machine without swap says nothing of swap', () => {
    expect(parseMemory(MEMINFO.replace(/(Swap\w+: +)\d+/g, '$10'))).toEqual({ memoryPercent: 75 })
  })

  test('loadavg', () => {
    expect(parseLoad(LOADAVG)).toEqual({ load1: 2.92, load5: 2.28, load15: 1.05 })
  })

  test('uptime', () => {
    expect(parseUptime(UPTIME)).toEqual({ uptimeSeconds: 2614.04 })
  })

  test('net/dev: the cards, not what runs over them or stays inside', () => {
    expect(Object.fromEntries(parseNetworks(NET_DEV))).toEqual({
      eth0: { inBytes: 681_526_756, outBytes: 1_517_509 },
      enp3s0f1: { inBytes: 1_000, outBytes: 2_000 },
    })
  })

  test('net/dev: a bridge over a card carries what the card carries', () => {
    const text = NET_DEV.replace('    lo', '   br0: 5 1 0 0 0 0 0 0 6 1 0 0 0 0 0 0\n    lo')
    expect([...parseNetworks(text).keys()]).toEqual(['eth0', 'enp3s0f1'])
  })

  test('net/dev of a machine with nothing but a tunnel: the tunnel', () => {
    const text = NET_DEV.replace(/^(eth|enp|docker|veth).*\n|^ +(eth).*\n/gm, '').replace(
      '    lo',
      'wg0: 5 1 0 0 0 0 0 0 6 1 0 0 0 0 0 0\n    lo',
    )
    expect([...parseNetworks(text).keys()]).toEqual(['wg0'])
  })

  test('diskstats: whole disks, not their parts nor what is made of them', () => {
    expect(Object.fromEntries(parseDisks(DISKSTATS))).toEqual({
      sda: { inBytes: 512_000, outBytes: 1_024_000 },
      nvme0n1: { inBytes: 256_000, outBytes: 307_200 },
      mmcblk0: { inBytes: 5_120, outBytes: 10_240 },
      xvdb1: { inBytes: 3_584, outBytes: 4_096 },
    })
  })

  test('mounts: local storage, each device once', () => {
    expect(parseMounts(MOUNTS)).toEqual(['/', '/boot', '/pool', '/tank', '/boot/efi', '/srv/data', '/mnt/my disk'])
  })

  test('mounts of a container: its root and its volumes', () => {
    expect(parseMounts(CONTAINER_MOUNTS)).toEqual(['/', '/data'])
  })

  test('mounts that the hub would not take cost only themselves', () => {
    const long = `/${'x'.repeat(256)}`
    const odd = ['/a\\011b', '/a\\012b', '/a\u007fb', '/a\ud800b', long].map(
      (path, i) => `/dev/sd${i} ${path} ext4 rw 0 0`,
    )
    expect(
      parseMounts([...odd, `/dev/sdx ${long.slice(0, 256)} ext4 rw 0 0`, '/dev/sdy /😀 ext4 rw 0 0'].join('\n')),
    ).toEqual(['/😀', long.slice(0, 256)])
  })

  test('mounts beyond all measure are bounded', () => {
    const many = Array.from({ length: 500 }, (_, index) => `/dev/sd${index} /mnt/${index} ext4 rw 0 0`).join('\n')
    expect(parseMounts(many)).toHaveLength(32)
  })

  test('the list of /proc: numbers are processes', () => {
    expect(countProcesses(['1', '2', '4711', 'stat', 'self', '12a'])).toEqual({ processes: 3 })
  })

  test('that is nonsense, cut or empty costs its figure only', () => {
    const aText = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .constantFrom(STAT, MEMINFO, NET_DEV, DISKSTATS, MOUNTS)
        .chain((text) => fc.nat(text.length).map((end) => text.slice(0, end))),
    )
    fc.assert(
      fc.property(aText, (text) => {
        const figures = { ...parseMemory(text), ...parseLoad(text), ...parseUptime(text), ...parseCpuTimes(text) }
        const transfers = [...parseNetworks(text).values(), ...parseDisks(text).values()]
        for (const value of [figures, ...transfers].flatMap((each) => Object.values(each))) {
          expect(Number.isFinite(value) && value >= 0).toBe(true)
        }
        expect(parseMounts(text).length).toBeLessThanOrEqual(32)
      }),
    )
  })
})

describe('disk space', () => {
  test('is used as df has it: of what users can fill', () => {
    expect(diskUse('/', { totalBytes: 1_000, freeBytes: 400, availableBytes: 350 })).toEqual({
      mount: '/',
      usedPercent: 63.16,
      usedBytes: 600,
      totalBytes: 1_000,
    })
  })

  test('of a file system that says to have more free than it has in all is not negative', () => {
    const use = diskUse('/', { totalBytes: 5, freeBytes: 6, availableBytes: 6 })
    expect(use).toMatchObject({ usedBytes: 0, usedPercent: 0 })
  })

  test('of a file system with nothing in it and nothing to use is 0', () => {
    expect(diskUse('/', { totalBytes: 5, freeBytes: 5, availableBytes: 0 }).usedPercent).toBe(0)
  })
})

function counters(atMs: number, transfers: Record<string, [number, number]> = {}, cpu?: [number, number]): Counters {
  const map = new Map<string, Transfer>()
  for (const [name, [inBytes, outBytes]] of Object.entries(transfers)) map.set(name, { inBytes, outBytes })
  return { atMs, cpu: cpu && { busy: cpu[0], total: cpu[1] }, networks: map, disks: map }
}

describe('a rate', () => {
  test('is the growth between two readings, of all devices together', () => {
    const before = counters(1_000, { eth0: [1_000, 2_000], eth1: [0, 0] }, [100, 1_000])
    const after = counters(61_000, { eth0: [7_000, 2_000], eth1: [600, 60] }, [130, 1_120])
    expect(ratesBetween(before, after)).toEqual({
      cpuPercent: 25,
      networkRxBytesPerSecond: 110,
      networkTxBytesPerSecond: 1,
      diskReadBytesPerSecond: 110,
      diskWriteBytesPerSecond: 1,
    })
  })

  test('leaves out a device whose counter went back, this once', () => {
    const wrapped = ratesBetween(
      counters(0, { a: [4_294_967_000, 0], b: [0, 0] }),
      counters(1_000, { a: [500, 0], b: [10, 20] }),
    )
    expect(wrapped).toMatchObject({ networkRxBytesPerSecond: 10, networkTxBytesPerSecond: 20 })
  })

  test('leaves out a device that was not there before or is gone', () => {
    const rates = ratesBetween(
      counters(0, { a: [0, 0], gone: [9, 9] }),
      counters(1_000, { a: [10, 20], fresh: [5_000, 5_000] }),
    )
    expect(rates).toMatchObject({ networkRxBytesPerSecond: 10, networkTxBytesPerSecond: 20 })
  })

  test.each<[string, Counters, Counters]>([
    ['no device was there twice', counters(0, { a: [1, 1] }), counters(1_000, { b: [1, 1] })],
    ['no time has passed', counters(5, { a: [1, 1] }, [1, 2]), counters(5, { a: [1, 1] }, [1, 2])],
    ["the processor's counters went back", counters(0, {}, [50, 100]), counters(1_000, {}, [1, 2])],
    ['nothing was read', counters(0), counters(1_000)],
  ])('is left out when %s', (_, before, after) => {
    expect(ratesBetween(before, after)).toEqual({})
  })

  test('of the processor stays within 0 and 100, even where a kernel takes waiting time back', () => {
    expect(ratesBetween(counters(0, {}, [50, 100]), counters(1_000, {}, [160, 200])).cpuPercent).toBe(100)
    expect(ratesBetween(counters(0, {}, [50, 100]), counters(1_000, {}, [49, 200])).cpuPercent).toBe(0)
  })
})
