import type { Host } from './host.ts'
import {
  type Counters,
  countProcesses,
  type DiskUse,
  diskUse,
  type MetricSample,
  parseCpuTimes,
  parseDisks,
  parseLoad,
  parseMemory,
  parseMounts,
  parseNetworks,
  parseUptime,
  ratesBetween,
} from './metrics.ts'
import { ProcessWatch } from './process-watch.ts'

/** A file system that takes longer hangs. */
const SPACE_TIMEOUT_MS = 2_000

/** Reads the machine's figures. Remembers the last reading, for rates need two. */
export class Meter {
  readonly #host: Host
  readonly #watch: ProcessWatch
  #before: Counters
  #hanging = false

  /** @param topProcesses how many of those that compute most, and of the largest, are told. */
  constructor(host: Host, topProcesses: number) {
    this.#host = host
    this.#watch = new ProcessWatch(host, topProcesses)
    this.#before = this.#readCounters()
  }

  /** The first look at the processes: what they take is told from here on. */
  async begin(): Promise<void> {
    await this.#watch.look()
  }

  /** The figures now; rates since the last sample or, at first, since the meter was made. */
  async sample(): Promise<MetricSample> {
    const topProcesses = await this.#watch.look()
    const disks = await this.#measureDisks()
    const counters = this.#readCounters()
    const rates = ratesBetween(this.#before, counters)
    this.#before = counters
    return {
      ...rates,
      ...parseMemory(this.#read('/proc/meminfo')),
      ...parseLoad(this.#read('/proc/loadavg')),
      ...parseUptime(this.#read('/proc/uptime')),
      ...countProcesses(this.#host.listDirectory('/proc')),
      disks,
      ...(topProcesses.length === 0 ? {} : { topProcesses }),
    }
  }

  #readCounters(): Counters {
    return {
      atMs: this.#host.monotonicMs(),
      cpu: parseCpuTimes(this.#read('/proc/stat')),
      networks: parseNetworks(this.#read('/proc/net/dev')),
      disks: parseDisks(this.#read('/proc/diskstats')),
    }
  }

  /** One after the other: a question that hangs holds a thread of the runtime, and the heartbeats need the others. */
  async #measureDisks(): Promise<DiskUse[]> {
    const disks: DiskUse[] = []
    for (const mount of parseMounts(this.#read('/proc/mounts'))) {
      if (this.#hanging) break
      const use = await this.#measureDisk(mount)
      if (use !== undefined) disks.push(use)
    }
    return disks
  }

  async #measureDisk(mount: string): Promise<DiskUse | undefined> {
    this.#hanging = true
    const asked = this.#host.fileSystemSpace(mount).then((space) => {
      this.#hanging = false
      return space
    })
    const space = await Promise.race([asked, this.#host.sleep(SPACE_TIMEOUT_MS)])
    return space === undefined || space.totalBytes === 0 ? undefined : diskUse(mount, space)
  }

  #read(path: string): string {
    const file = this.#host.readTextFile(path)
    return file.kind === 'text' ? file.text : ''
  }
}
