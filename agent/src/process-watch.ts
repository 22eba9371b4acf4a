import type { Host } from './host.ts'
import { parseCpuTimes, percent } from './metrics.ts'
import { Largest, type ProcessCounters, type ProcessUse, parseProcess, parseResident, processIds } from './processes.ts'

/** Of more than that, those with the lowest numbers are looked at. */
const MOST_LOOKED_AT = 10_000

/** How many are looked at in a row, some milliseconds' work; then whatever else is due comes first. */
const AT_A_TIME = 100
const PAUSE_MS = 5

/** A process that may be among those that are told. */
interface Candidate {
  readonly pid: number
  readonly name: string
  /** Ticks since the look before. */
  readonly took: number
}

/**
 * Tells which processes compute most and which are largest.
 *
 * What a process took of the processors needs two looks; from one to the next, 20 bytes a process are remembered.
 */
export class ProcessWatch {
  readonly #host: Host
  readonly #most: number
  #before: Look | undefined

  /** @param most of each kind; 0 looks at nothing. */
  constructor(host: Host, most: number) {
    this.#host = host
    this.#most = most
  }

  /** Those that took most since the look before, of processors or of memory; none at the first look. */
  async look(): Promise<readonly ProcessUse[]> {
    if (this.#most === 0) return []
    const before = this.#before
    const pids = processIds(this.#host.listDirectory('/proc')).slice(0, MOST_LOOKED_AT)
    const look = new Look(pids.length, parseCpuTimes(this.#read('/proc/stat'))?.total ?? Number.NaN)
    const busiest = new Largest<Candidate>(this.#most)
    const largest = new Largest<Candidate>(this.#most)
    for (let at = 0; at < pids.length; at++) {
      if (at > 0 && at % AT_A_TIME === 0) await this.#host.sleep(PAUSE_MS)
      const pid = pids[at] as number
      const found = parseProcess(this.#read(`/proc/${pid}/stat`))
      if (found === undefined) continue
      look.add(pid, found)
      const took = found.ticks - (before?.ticksOf(pid, found) ?? 0)
      if (!busiest.takes(took) && !largest.takes(found.pages)) continue
      const candidate = { pid, name: found.name, took }
      busiest.offer(candidate, took)
      largest.offer(candidate, found.pages)
    }
    this.#before = look
    return before === undefined ? [] : this.#told([...busiest.items, ...largest.items], look.total - before.total)
  }

  /** Each once, those that computed most first. */
  #told(candidates: readonly Candidate[], ticks: number): ProcessUse[] {
    const byPid = new Map(candidates.map((candidate) => [candidate.pid, candidate]))
    return [...byPid.values()]
      .map(({ pid, name, took }) => ({
        pid,
        name: toldName(name),
        cpuPercent: ticks > 0 ? percent(took / ticks) : 0,
        memoryBytes: parseResident(this.#read(`/proc/${pid}/status`)),
      }))
      .sort((a, b) => b.cpuPercent - a.cpuPercent || b.memoryBytes - a.memoryBytes)
  }

  #read(path: string): string {
    const file = this.#host.readTextFile(path)
    return file.kind === 'text' ? file.text : ''
  }
}

/** A process may call itself nothing; a hub refuses a sample that holds one without a name. What else is in a name, hubs clean. */
function toldName(name: string): string {
  return name.trim() === '' ? NAMELESS : name
}

const NAMELESS = '?'

/** What was found at one look. Processes come in the order of their numbers, both when they are added and when they are asked for. */
class Look {
  /** All ticks of all processors since boot. */
  readonly total: number
  readonly #pids: Uint32Array
  readonly #ticks: Float64Array
  readonly #startedAt: Float64Array
  #count = 0
  #asked = 0

  constructor(size: number, total: number) {
    this.total = total
    this.#pids = new Uint32Array(size)
    this.#ticks = new Float64Array(size)
    this.#startedAt = new Float64Array(size)
  }

  add(pid: number, { ticks, startedAt }: ProcessCounters): void {
    this.#pids[this.#count] = pid
    this.#ticks[this.#count] = ticks
    this.#startedAt[this.#count++] = startedAt
  }

  /** What it had taken by then: nothing where it began later, all where it may have been overlooked. */
  ticksOf(pid: number, { ticks, startedAt }: ProcessCounters): number {
    while (this.#asked < this.#count && (this.#pids[this.#asked] as number) < pid) this.#asked++
    const known = this.#pids[this.#asked] === pid && this.#startedAt[this.#asked] === startedAt
    if (known) return this.#ticks[this.#asked] as number
    return this.#count < MOST_LOOKED_AT ? 0 : ticks
  }
}
