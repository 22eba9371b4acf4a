import type { Host } from './host.ts'
import type { MetricSample } from './metrics.ts'

/** Four hours of one sample a minute, which is some 150 KB; a longer absence is kept at a coarser pace. */
const MOST_KEPT = 240

/** What is older is not taken by a hub. */
const MAX_AGE_MS = 86_400_000

/** A sample as it goes to a hub that was away when it was measured. */
export interface AgedSample extends MetricSample {
  readonly ageSeconds: number
}

/** As text, which takes a fraction of an object's memory. */
interface Kept {
  /** By the monotonic clock. */
  readonly measuredAtMs: number
  readonly text: string
}

/** A line of the file. The instants of another process mean nothing here: they are kept as what does not end with it. */
interface Line {
  readonly wallMs: number
  readonly bootId: string | undefined
  readonly sample: MetricSample
}

/**
 * Samples that could not be delivered, oldest first: bounded, and in a file where the host has one, so that a restart of the
 * agent does not lose them.
 *
 * When it is full, every other one is dropped: a long absence is shown whole, and the older the coarser.
 */
export class MetricsBuffer {
  readonly #host: Host
  readonly #bootId: string | undefined
  readonly #path: string | undefined
  #kept: Kept[]
  #said = false

  /** @param path where the host may write them; undefined for memory only. */
  constructor(host: Host, bootId: string | undefined, path: string | undefined) {
    this.#host = host
    this.#bootId = bootId
    this.#path = host.writeTextFile === undefined ? undefined : path
    this.#kept = this.#load()
  }

  get size(): number {
    return this.#kept.length
  }

  /**
   * Keeps the figures; of processes, only what they do now is of use.
   *
   * @param measuredAtMs by the monotonic clock.
   */
  add({ topProcesses: _, ...sample }: MetricSample, measuredAtMs: number): void {
    if (this.#kept.length >= MOST_KEPT) this.#kept = this.#kept.filter((_, index) => index % 2 === 0)
    this.#kept.push({ measuredAtMs, text: JSON.stringify(sample) })
    this.#save()
  }

  /** The oldest, at most so many, each with its age now. */
  oldest(most: number): AgedSample[] {
    const now = this.#host.monotonicMs()
    return this.#kept.slice(0, most).map(({ measuredAtMs, text }) => ({
      ...(JSON.parse(text) as MetricSample),
      ageSeconds: Math.round(now - measuredAtMs) / 1000,
    }))
  }

  dropOldest(count: number): void {
    if (count === 0) return
    this.#kept = this.#kept.slice(count)
    this.#save()
  }

  #load(): Kept[] {
    const file = this.#path === undefined ? undefined : this.#host.readTextFile(this.#path)
    if (file?.kind !== 'text') return []
    return file.text
      .split('\n')
      .flatMap((line) => this.#keptIn(line))
      .slice(-MOST_KEPT)
  }

  /** None in a line that was cut short by a crash, or that is too old by now. */
  #keptIn(text: string): Kept[] {
    const line = parseLine(text)
    const ageMs = line === undefined ? Number.NaN : this.#ageOf(line)
    if (line === undefined || !(ageMs >= 0 && ageMs <= MAX_AGE_MS)) return []
    return [{ measuredAtMs: this.#host.monotonicMs() - ageMs, text: JSON.stringify(line.sample) }]
  }

  /** By the machine's uptime while it is the same boot; a clock that was set says nothing wrong then. */
  #ageOf({ bootId, wallMs, sample }: Line): number {
    const uptime = /^[\d.]+/.exec(this.#read('/proc/uptime'))?.[0]
    if (bootId !== undefined && bootId === this.#bootId && sample.uptimeSeconds !== undefined && uptime !== undefined)
      return (Number(uptime) - sample.uptimeSeconds) * 1000
    return this.#host.wallClockMs() - wallMs
  }

  #save(): void {
    if (this.#path === undefined) return
    const [now, wall] = [this.#host.monotonicMs(), this.#host.wallClockMs()]
    const lines = this.#kept.map(({ measuredAtMs, text }) => {
      const line: Line = { wallMs: wall - (now - measuredAtMs), bootId: this.#bootId, sample: JSON.parse(text) }
      return `${JSON.stringify(line)}\n`
    })
    const problem = this.#host.writeTextFile?.(this.#path, lines.join(''))
    if (problem === undefined || this.#said) return
    this.#said = true
    this.#host.log(`${this.#path} cannot be written (${problem}): a restart would lose the metrics that wait.`)
  }

  #read(path: string): string {
    const file = this.#host.readTextFile(path)
    return file.kind === 'text' ? file.text : ''
  }
}

function parseLine(text: string): Line | undefined {
  try {
    const line: unknown = JSON.parse(text)
    return typeof line === 'object' && line !== null && 'sample' in line ? (line as Line) : undefined
  } catch {
    return undefined
  }
}
