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

/** /proc/PID/stat. A name may hold spaces and brackets: it ends at the last one. */
export function parseProcess(stat: string): ProcessCounters | undefined {
  const nameEnd = stat.lastIndexOf(')')
  const fields = stat.slice(nameEnd + 2).split(' ', LAST_FIELD)
  const [user, system, startedAt, pages] = [11, 12, 19, 21].map((index) => Number(fields[index]))
  const ticks = (user as number) + (system as number)
  if (nameEnd < 0 || !Number.isFinite(ticks + (startedAt as number) + (pages as number))) return undefined
  const name = stat.slice(stat.indexOf('(') + 1, nameEnd)
  return { name, ticks, startedAt: startedAt as number, pages: pages as number }
}

/** Behind the name; the rest of some fifty is not needed. */
const LAST_FIELD = 22

/** /proc/PID/status: 0 for the kernel's own, which have none. */
export function parseResident(status: string): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1_024
}

/** The numbers of the processes in /proc, listed, in their order. */
export function processIds(names: readonly string[]): number[] {
  return names
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => a - b)
}

/** The largest few of what comes by, the largest first: what it holds does not grow with what is looked at. */
export class Largest<T> {
  readonly #most: number
  readonly #sizeOf: (item: T) => number
  readonly items: T[] = []

  constructor(most: number, sizeOf: (item: T) => number) {
    this.#most = most
    this.#sizeOf = sizeOf
  }

  /** Nothing is not among the largest, however few there are. */
  offer(item: T): void {
    const size = this.#sizeOf(item)
    const last = this.items[this.#most - 1]
    if (size <= 0 || (last !== undefined && this.#sizeOf(last) >= size)) return
    const place = this.items.findIndex((other) => this.#sizeOf(other) < size)
    this.items.splice(place < 0 ? this.items.length : place, 0, item)
    this.items.length = Math.min(this.items.length, this.#most)
  }
}
