/**
 * What the texts of /proc say, and what two readings of them say together. Pure: reading them is measure.ts's part.
 *
 * Each parser answers undefined, or leaves an entry out, where a text is not as expected: a kernel that is built otherwise
 * costs one figure, not the sample.
 */

import type { ProcessUse } from './processes.ts'

/** One sample, in the words of the API. What could not be measured is left out. */
export interface MetricSample {
  readonly cpuPercent?: number
  readonly memoryPercent?: number
  /** Left out where there is no swap. */
  readonly swapPercent?: number
  readonly load1?: number
  readonly load5?: number
  readonly load15?: number
  readonly disks: readonly DiskUse[]
  readonly networkRxBytesPerSecond?: number
  readonly networkTxBytesPerSecond?: number
  readonly diskReadBytesPerSecond?: number
  readonly diskWriteBytesPerSecond?: number
  readonly uptimeSeconds?: number
  readonly processes?: number
  /** Only where they are asked for, and from the second look on. */
  readonly topProcesses?: readonly ProcessUse[]
}

export interface DiskUse {
  readonly mount: string
  /** As df has it: of what ordinary users can fill. */
  readonly usedPercent: number
  readonly usedBytes: number
  readonly totalBytes: number
}

/** What grows from one reading to the next. */
export interface Counters {
  readonly atMs: number
  readonly cpu: CpuTimes | undefined
  readonly networks: ReadonlyMap<string, Transfer>
  readonly disks: ReadonlyMap<string, Transfer>
}

/** In the kernel's ticks since boot. */
export interface CpuTimes {
  readonly busy: number
  readonly total: number
}

/** Bytes since boot: received or read, sent or written. */
export interface Transfer {
  readonly inBytes: number
  readonly outBytes: number
}

/** /proc/stat. Waiting for a disk is idling; time that the hypervisor gave to others is not. */
export function parseCpuTimes(stat: string): CpuTimes | undefined {
  const fields = /^cpu +(.+)$/m.exec(stat)?.[1]?.split(/ +/).slice(0, 8).map(Number) ?? []
  // Guest time, which follows, is already in user and nice.
  const total = sum(fields)
  const idle = (fields[3] ?? Number.NaN) + (fields[4] ?? 0)
  return Number.isFinite(total - idle) ? { busy: total - idle, total } : undefined
}

/** /proc/meminfo. */
export function parseMemory(meminfo: string): Pick<MetricSample, 'memoryPercent' | 'swapPercent'> {
  const kilobytes = (name: string) => numberIn(new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(meminfo)?.[1])
  const free = sum(['MemFree', 'Buffers', 'Cached'].map((name) => kilobytes(name) ?? 0))
  return {
    // Kernels before 3.14 do not say what is available.
    ...usedPercent('memoryPercent', kilobytes('MemTotal'), kilobytes('MemAvailable') ?? free),
    ...usedPercent('swapPercent', kilobytes('SwapTotal'), kilobytes('SwapFree')),
  }
}

/** /proc/loadavg. */
export function parseLoad(loadavg: string): Pick<MetricSample, 'load1' | 'load5' | 'load15'> {
  const [load1, load5, load15] = loadavg.split(' ').map(numberIn)
  return load1 === undefined || load5 === undefined || load15 === undefined ? {} : { load1, load5, load15 }
}

/** /proc/uptime. */
export function parseUptime(uptime: string): Pick<MetricSample, 'uptimeSeconds'> {
  const uptimeSeconds = numberIn(uptime.split(' ')[0])
  return uptimeSeconds === undefined ? {} : { uptimeSeconds }
}

/** Those that carry what others carry already, or that never leave the machine. */
const VIRTUAL_NETWORK =
  /^(lo|veth|docker|podman|br-|br\d|bridge|virbr|vmbr|vnet|fwbr|fwpr|fwln|cni|flannel|cali|cilium|lxc|lxd|tap|tun|wg|ppp|dummy|ifb|bond|team|sit|gre|ip6|tunl|vxlan|kube|nodelocal|ovs|vti|macv|ipvlan|nlmon|tailscale|zt)|[.@]/

/** /proc/net/dev: the interfaces that lead out of the machine, or all but the loopback where none looks like one. */
export function parseNetworks(dev: string): Map<string, Transfer> {
  const all = new Map<string, Transfer>()
  for (const line of dev.split('\n')) {
    const [name, rest] = /^ *(\S+): *(.+)$/.exec(line)?.slice(1) ?? []
    const fields = rest?.split(/ +/) ?? []
    if (name !== undefined && name !== 'lo') addTransfer(all, name, numberIn(fields[0]), numberIn(fields[8]))
  }
  const real = [...all].filter(([name]) => !VIRTUAL_NETWORK.test(name))
  return real.length === 0 ? all : new Map(real)
}

const SECTOR_BYTES = 512

/** Those that are made of other disks, of memory or of files. */
const VIRTUAL_DISK = /^(loop|ram|zram|dm-|md|sr|fd|drbd|bcache|zd)/

/** /proc/diskstats: whole disks; their partitions are in them. */
export function parseDisks(diskstats: string): Map<string, Transfer> {
  const disks = new Map<string, Transfer>()
  for (const line of diskstats.split('\n')) {
    const fields = line.trim().split(/ +/)
    const [name, read, written] = [fields[2], numberIn(fields[5]), numberIn(fields[9])]
    if (name === undefined || read === undefined || written === undefined || VIRTUAL_DISK.test(name)) continue
    addTransfer(disks, name, read * SECTOR_BYTES, written * SECTOR_BYTES)
  }
  return new Map([...disks].filter(([name]) => !isPartition(name, disks)))
}

/** sda1 of sda, nvme0n1p1 of nvme0n1. A partition whose disk is not listed counts as a disk. */
function isPartition(name: string, disks: ReadonlyMap<string, Transfer>): boolean {
  const stem = /^(.*\D)\d+$/.exec(name)?.[1] ?? ''
  return disks.has(stem) || disks.has(stem.replace(/(\d)p$/, '$1'))
}

/** Local ones that can fill up. A network's may hang, an image is always full, the rest is no storage. */
const STORAGE = new Set(
  'ext2 ext3 ext4 xfs btrfs zfs f2fs jfs reiserfs bcachefs nilfs2 vfat msdos exfat ntfs ntfs3 fuseblk hfsplus ufs'.split(
    ' ',
  ),
)

/** Files that containers find mounted from their host's disk. */
const CONTAINER_FILES = /^\/(etc\/(hosts|hostname|resolv\.conf)|dev\/|proc\/|sys\/|run\/secrets)/

const MAX_MOUNTS = 32

/** What the hub takes for a path; it would refuse the whole sample for another. */
const MAX_PATH = 256
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const NO_PATH = /[\u0000-\u001f\u007f]|[\ud800-\udfff]/u

/** /proc/mounts: where to look for free space, the root first; each device once, at its shortest path. */
export function parseMounts(mounts: string): string[] {
  const byDevice = new Map<string, string>()
  for (const line of mounts.split('\n')) {
    const [device = '', path = '', type = ''] = line.split(' ').map(unescapeOctal)
    if (path !== '/' && (!STORAGE.has(type) || CONTAINER_FILES.test(path))) continue
    if (path.length === 0 || path.length > MAX_PATH || NO_PATH.test(path)) continue
    // A pool's data sets share its space. A root that is no device, such as a container's, stands for itself.
    const key = type === 'zfs' ? device.replace(/\/.*$/, '') : STORAGE.has(type) ? device : path
    const known = byDevice.get(key)
    if (known === undefined || path.length < known.length) byDevice.set(key, path)
  }
  return [...new Set(byDevice.values())].sort((a, b) => a.length - b.length || (a < b ? -1 : 1)).slice(0, MAX_MOUNTS)
}

/** /proc, listed: a folder named by a number is a process. */
export function countProcesses(names: readonly string[]): Pick<MetricSample, 'processes'> {
  const processes = names.filter((name) => /^\d+$/.test(name)).length
  return processes === 0 ? {} : { processes }
}

export function diskUse(
  mount: string,
  space: { totalBytes: number; freeBytes: number; availableBytes: number },
): DiskUse {
  const usedBytes = Math.max(0, space.totalBytes - space.freeBytes)
  const usable = usedBytes + space.availableBytes
  return { mount, usedPercent: usable > 0 ? percent(usedBytes / usable) : 0, usedBytes, totalBytes: space.totalBytes }
}

type Rates = Pick<
  MetricSample,
  | 'cpuPercent'
  | 'networkRxBytesPerSecond'
  | 'networkTxBytesPerSecond'
  | 'diskReadBytesPerSecond'
  | 'diskWriteBytesPerSecond'
>

/** How fast things grew between two readings. */
export function ratesBetween(before: Counters, after: Counters): Rates {
  const seconds = (after.atMs - before.atMs) / 1000
  const network = transferBetween(before.networks, after.networks)
  const disk = transferBetween(before.disks, after.disks)
  return {
    ...cpuBetween(before.cpu, after.cpu),
    ...(network && seconds > 0
      ? {
          networkRxBytesPerSecond: Math.round(network.inBytes / seconds),
          networkTxBytesPerSecond: Math.round(network.outBytes / seconds),
        }
      : {}),
    ...(disk && seconds > 0
      ? {
          diskReadBytesPerSecond: Math.round(disk.inBytes / seconds),
          diskWriteBytesPerSecond: Math.round(disk.outBytes / seconds),
        }
      : {}),
  }
}

function cpuBetween(before: CpuTimes | undefined, after: CpuTimes | undefined): Pick<MetricSample, 'cpuPercent'> {
  if (before === undefined || after === undefined) return {}
  const total = after.total - before.total
  return total > 0 ? { cpuPercent: percent((after.busy - before.busy) / total) } : {}
}

/**
 * What all devices together moved. A counter that went back has wrapped or begun anew, and nobody can tell which: its device is
 * left out this once, as is one that was not there before.
 */
function transferBetween(
  before: ReadonlyMap<string, Transfer>,
  after: ReadonlyMap<string, Transfer>,
): Transfer | undefined {
  const moved: Transfer[] = []
  for (const [name, now] of after) {
    const then = before.get(name)
    if (then === undefined || now.inBytes < then.inBytes || now.outBytes < then.outBytes) continue
    moved.push({ inBytes: now.inBytes - then.inBytes, outBytes: now.outBytes - then.outBytes })
  }
  if (moved.length === 0) return undefined
  return { inBytes: sum(moved.map((each) => each.inBytes)), outBytes: sum(moved.map((each) => each.outBytes)) }
}

function addTransfer(
  to: Map<string, Transfer>,
  name: string,
  inBytes: number | undefined,
  outBytes: number | undefined,
): void {
  if (inBytes !== undefined && outBytes !== undefined) to.set(name, { inBytes, outBytes })
}

function usedPercent<Name extends string>(
  name: Name,
  total: number | undefined,
  free: number | undefined,
): { [key in Name]?: number } {
  if (total === undefined || free === undefined || total === 0) return {}
  return { [name]: percent((total - free) / total) } as { [key in Name]: number }
}

/** A fraction as percent, to two places, within 0 and 100. */
export function percent(fraction: number): number {
  return Math.round(Math.min(1, Math.max(0, fraction)) * 10_000) / 100
}

function numberIn(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

/** A space in a path is written \040 in /proc/mounts. */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
}
