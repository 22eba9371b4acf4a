/**
 * What /proc says of single processes. Pure: reading it is process-watch.ts's part.
 *
 * Only the name of a process's program is looked at: a command line may hold passwords.
 */

/** A process, in the words of the API. */
export interface ProcessUse {
  readonly pid: number
  readonly name: string
  /** Of all processors together. */
  readonly cpuPercent: number
  readonly memoryBytes: number
}

/** What one process has taken so far. */
export interface ProcessCounters {
  readonly name: string
  /** Of processor time since it began, in the kernel's ticks. */
  readonly ticks: number
  /** When it began, in ticks since boot: another process with the same number began at another time. */
  readonly startedAt: number
  /** Of memory, of whatever size. */
  readonly pages: number
}

/**
 * /proc/PID/stat. A name may hold spaces and brackets: it ends at the last one.
 *
 * Written as it is fastest in QuickJS, for it is done some thousand times in a row: what the engine does in C is cheap there.
 */
export function parseProcess(stat: string): ProcessCounters | undefined {
  const nameEnd = stat.lastIndexOf(')')
  const fields = stat.slice(nameEnd + 2).split(' ', LAST_FIELD)
  const ticks = Number(fields[11]) + Number(fields[12])
  const startedAt = Number(fields[19])
  const pages = Number(fields[21])
  if (nameEnd < 0 || !Number.isFinite(ticks + startedAt + pages)) return undefined
  return { name: stat.slice(stat.indexOf('(') + 1, nameEnd), ticks, startedAt, pages }
}

/** Behind the name; the rest of some fifty is not needed. */
const LAST_FIELD = 22

/** /proc/PID/status: 0 for the kernel's own, which have none. */
export function parseResident(status: string): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1_024
}

/** The numbers of the processes in /proc, listed, in their order. */
export function processIds(names: readonly string[]): number[] {
  const pids = names.map(Number).filter((pid) => pid > 0)
  // They mostly come in order, and there may be thousands.
  return pids.every((pid, index) => index === 0 || pid > (pids[index - 1] as number))
    ? pids
    : pids.sort((a, b) => a - b)
}

/** The largest few of what comes by, the largest first: what it holds does not grow with what is looked at. */
export class Largest<T> {
  readonly #most: number
  readonly #sizes: number[] = []
  readonly items: T[] = []

  constructor(most: number) {
    this.#most = most
  }

  /** Whether one of this size would be kept. Nothing is not among the largest, however few there are. */
  takes(size: number): boolean {
    return size > (this.#sizes[this.#most - 1] ?? 0)
  }

  offer(item: T, size: number): void {
    if (!this.takes(size)) return
    const smaller = this.#sizes.findIndex((other) => other < size)
    const place = smaller < 0 ? this.items.length : smaller
    this.items.splice(place, 0, item)
    this.#sizes.splice(place, 0, size)
    this.items.length = this.#sizes.length = Math.min(this.items.length, this.#most)
  }
}
