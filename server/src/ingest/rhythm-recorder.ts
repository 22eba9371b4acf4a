import type { HeardBeat } from '../core/rhythm.ts'
import type { Instant, ServerId } from '../core/types.ts'
import type { HeartbeatEntry } from '../store/write-heartbeats.ts'
import { BeatLog } from './beat-log.ts'

/** A heartbeat that was committed, and when the same server had been heard before. */
export interface CommittedBeat {
  readonly entry: HeartbeatEntry
  readonly receivedAt: Instant
  readonly previousAt: Instant | null
}

export interface RhythmRecorderOptions {
  /** Adds the heartbeats to what the database keeps of these servers. */
  readonly write: (beats: ReadonlyMap<ServerId, readonly HeardBeat[]>) => Promise<void>
  readonly onError: (error: unknown) => void
}

/** One of the logs is written each minute, so that each server's row is written once in ten, for some twenty heartbeats together. */
const LOGS = 10
const EVERY_MS = 60_000

/**
 * Beyond this many the next log is not waited for: 16 MB. One at a time, for a log that was just begun is not worth its
 * writing. Beyond twice as many, heartbeats go unnoted.
 */
const MAX_NOTED = 500_000

const MAX_BATCH = 250

/** A hub that stops has other things to do, and ten seconds for all of them. */
const STOP_MS = 2_000

/**
 * Notes each heartbeat in memory and adds them to the servers' figures in small batches, so that a heartbeat costs the
 * database nothing for them. A hub that dies takes up to ten minutes of its servers' figures with it, and one of a large fleet
 * that stops, a part of them; no status depends on them.
 */
export class RhythmRecorder {
  #logs = Array.from({ length: LOGS }, () => new BeatLog())
  /** Taken out of their log and not yet written. */
  readonly #writing = new Set<BeatLog>()
  #noted = 0
  #next = 0
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> = Promise.resolve()
  #stopped = false
  readonly #boots = new Map<string, number>()

  constructor(readonly options: RhythmRecorderOptions) {}

  start(): void {
    this.#timer = setInterval(() => this.#flushSoon(), EVERY_MS)
  }

  /** Writes what is noted, as much as can be written in a moment, and ends. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    this.#timer = undefined
    let impatient: NodeJS.Timeout | undefined
    const givenUp = new Promise<void>((resolve) => {
      impatient = setTimeout(resolve, STOP_MS)
    })
    await Promise.race([this.flush(), givenUp])
    clearTimeout(impatient)
    this.#stopped = true
  }

  note({ entry, receivedAt, previousAt }: CommittedBeat): void {
    if (this.#noted >= 2 * MAX_NOTED) return
    // One that came late or twice moved nothing: it is not the newest, and its gap is unknown.
    if (previousAt !== null && receivedAt <= previousAt) return
    this.#logs[entry.serverId % LOGS]?.add(entry.serverId, {
      at: receivedAt,
      previousAt,
      retries: entry.retries ?? 0,
      boot: entry.bootId === undefined ? 0 : this.#bootNumber(entry.bootId),
      agentStartedAt: entry.agentStartedAt === undefined ? 0 : secondsOf(entry.agentStartedAt),
      skewMs: entry.sentAt === undefined ? null : Math.round(entry.sentAt - receivedAt),
    })
    if (++this.#noted >= MAX_NOTED && this.#writing.size === 0) this.#flushSoon()
  }

  /** What is noted of these servers and not yet written. */
  pending(ids: readonly ServerId[]): ReadonlyMap<ServerId, readonly HeardBeat[]> {
    const wanted = new Set(ids)
    const found = new Map<ServerId, HeardBeat[]>()
    const concerned = new Set([...ids].map((id) => this.#logs[id % LOGS] as BeatLog))
    for (const log of [...this.#writing, ...concerned]) {
      for (const [id, beats] of log.byServer(wanted)) found.set(id, [...(found.get(id) ?? []), ...beats])
    }
    return found
  }

  /** Writes everything that is noted now. */
  async flush(): Promise<void> {
    for (let i = 0; i < LOGS; i++) this.#flushSoon()
    await this.#running
  }

  /** Writes the next log when the ones before are written. */
  #flushSoon(): void {
    const at = this.#next++ % LOGS
    const log = this.#logs[at] as BeatLog
    if (log.size === 0) return
    this.#logs[at] = new BeatLog()
    this.#writing.add(log)
    this.#running = this.#running.then(() => this.#write(log))
  }

  /** What cannot be written is given up: the next heartbeats matter more than old figures. */
  async #write(log: BeatLog): Promise<void> {
    try {
      const servers = [...log.byServer()].sort(([a], [b]) => a - b)
      for (let i = 0; i < servers.length && !this.#stopped; i += MAX_BATCH) {
        await this.options.write(new Map(servers.slice(i, i + MAX_BATCH)))
      }
    } catch (error) {
      this.options.onError(error)
    } finally {
      this.#writing.delete(log)
      this.#noted -= log.size
    }
  }

  /** A boot id as a number; remembered, for each agent sends the same one again and again. */
  #bootNumber(bootId: string): number {
    const known = this.#boots.get(bootId)
    if (known !== undefined) return known
    if (this.#boots.size >= MAX_NOTED) this.#boots.clear()
    const number = fnv1a(bootId)
    this.#boots.set(bootId, number)
    return number
  }
}

/** Not 0, which stands for none. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0 || 1
}

function secondsOf(instant: Instant): number {
  return Math.min(0xffffffff, Math.max(1, Math.floor(instant / 1_000)))
}
