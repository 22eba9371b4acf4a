import type { AgentSpan, RecentBeat, Rhythm, RhythmHour } from '../core/rhythm.ts'
import type { Instant } from '../core/types.ts'

/** The columns of `heartbeat_rhythm`. */
export interface RhythmRow {
  readonly sinceAt: Instant | null
  /** The newest of the recent beats; the packed ones count backwards from it. */
  readonly throughAt: Instant | null
  readonly recent: Buffer
  readonly hours: Buffer
  readonly agents: Buffer
  readonly skewMs: number | null
}

/** A recent beat takes three bytes: the gap before it in two, its retries in one. */
const BEAT_BYTES = 3
/** In the byte of the retries: this is no beat but a stretch of time before the next gap. */
const PAUSE = 255
/** In the byte of the retries: nothing was ever heard before this beat. */
const FIRST = 254
const MAX_RETRIES = 253

/** Up to this a gap is kept in hundredths of a second, beyond in seconds. */
const FINE_UNITS = 0x8000
const FINE_MS = 10
const COARSE_MS = 1_000
const MAX_UNITS = 0xffff

const HOUR_BYTES = 14
const AGENT_BYTES = 16
const U16 = 0xffff
const U32 = 0xffffffff

/** Packs a rhythm: about 150 bytes for a server that does as it should. */
export function packRhythm(rhythm: Rhythm): RhythmRow {
  return {
    sinceAt: rhythm.sinceAt,
    throughAt: rhythm.recent.at(-1)?.at ?? null,
    recent: packRecent(rhythm.recent),
    hours: packHours(rhythm.hours),
    agents: packAgents(rhythm.agents),
    skewMs: rhythm.skewMs === null ? null : clamp(rhythm.skewMs, -0x80000000, 0x7fffffff),
  }
}

export function unpackRhythm(row: RhythmRow): Rhythm {
  return {
    sinceAt: row.sinceAt,
    recent: row.throughAt === null ? [] : unpackRecent(row.recent, row.throughAt),
    hours: unpackHours(row.hours),
    agents: unpackAgents(row.agents),
    skewMs: row.skewMs,
  }
}

/** Newest first: each entry leads back to the one before. */
function packRecent(recent: readonly RecentBeat[]): Buffer {
  const entries: [gapMs: number, mark: number][] = []
  for (const [i, { at, previousAt, retries }] of [...recent.entries()].reverse()) {
    entries.push([
      previousAt === null ? 0 : at - previousAt,
      previousAt === null ? FIRST : clamp(retries, 0, MAX_RETRIES),
    ])
    const before = recent[i - 1]
    // Beats that were lost with a hub, or that were told twice by two: the chain is mended here.
    const pauseMs = before ? (previousAt ?? at) - before.at : 0
    if (pauseMs >= FINE_MS) entries.push([pauseMs, PAUSE])
  }
  const packed = Buffer.alloc(entries.length * BEAT_BYTES)
  for (const [i, [gapMs, mark]] of entries.entries()) {
    packed.writeUInt16LE(unitsOf(gapMs), i * BEAT_BYTES)
    packed.writeUInt8(mark, i * BEAT_BYTES + 2)
  }
  return packed
}

function unpackRecent(packed: Buffer, throughAt: Instant): RecentBeat[] {
  const recent: RecentBeat[] = []
  let at = throughAt
  for (let i = 0; i + BEAT_BYTES <= packed.length; i += BEAT_BYTES) {
    const gapMs = msOf(packed.readUInt16LE(i))
    const mark = packed.readUInt8(i + 2)
    if (mark === PAUSE) {
      at -= gapMs
      continue
    }
    const previousAt = mark === FIRST ? null : at - gapMs
    recent.push({ at, previousAt, retries: mark === FIRST ? 0 : mark })
    at = previousAt ?? at
  }
  return recent.reverse()
}

function unitsOf(ms: number): number {
  const fine = Math.round(Math.max(0, ms) / FINE_MS)
  return fine < FINE_UNITS ? fine : Math.min(MAX_UNITS, FINE_UNITS + Math.round(ms / COARSE_MS))
}

function msOf(units: number): number {
  return units < FINE_UNITS ? units * FINE_MS : (units - FINE_UNITS) * COARSE_MS
}

function packHours(hours: readonly RhythmHour[]): Buffer {
  const packed = Buffer.alloc(hours.length * HOUR_BYTES)
  for (const [i, hour] of hours.entries()) {
    let offset = packed.writeUInt32LE(hour.hour, i * HOUR_BYTES)
    for (const key of HOUR_KEYS) offset = packed.writeUInt16LE(clamp(hour[key], 0, U16), offset)
  }
  return packed
}

const HOUR_KEYS = ['missedSlots', 'nearMisses', 'retries', 'reboots', 'agentRestarts'] as const

function unpackHours(packed: Buffer): RhythmHour[] {
  const hours: RhythmHour[] = []
  for (let i = 0; i + HOUR_BYTES <= packed.length; i += HOUR_BYTES) {
    const figure = (key: (typeof HOUR_KEYS)[number]) => packed.readUInt16LE(i + 4 + 2 * HOUR_KEYS.indexOf(key))
    hours.push({
      hour: packed.readUInt32LE(i),
      missedSlots: figure('missedSlots'),
      nearMisses: figure('nearMisses'),
      retries: figure('retries'),
      reboots: figure('reboots'),
      agentRestarts: figure('agentRestarts'),
    })
  }
  return hours
}

/** Times in whole seconds, rounded inwards: two agents that follow each other closely must not seem to overlap. */
function packAgents(agents: readonly AgentSpan[]): Buffer {
  const packed = Buffer.alloc(agents.length * AGENT_BYTES)
  for (const [i, { boot, agentStartedAt, firstAt, lastAt }] of agents.entries()) {
    let offset = i * AGENT_BYTES
    for (const figure of [boot, agentStartedAt, Math.ceil(firstAt / 1_000), Math.floor(lastAt / 1_000)]) {
      offset = packed.writeUInt32LE(clamp(figure, 0, U32), offset)
    }
  }
  return packed
}

function unpackAgents(packed: Buffer): AgentSpan[] {
  const agents: AgentSpan[] = []
  for (let i = 0; i + AGENT_BYTES <= packed.length; i += AGENT_BYTES) {
    agents.push({
      boot: packed.readUInt32LE(i),
      agentStartedAt: packed.readUInt32LE(i + 4),
      firstAt: packed.readUInt32LE(i + 8) * 1_000,
      lastAt: packed.readUInt32LE(i + 12) * 1_000,
    })
  }
  return agents
}

function clamp(figure: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, Math.round(figure)))
}
