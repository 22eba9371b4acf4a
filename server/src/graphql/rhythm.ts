import {
  addBeats,
  dayStart,
  isNearMiss,
  observedGapMs,
  type RecentBeat,
  type Rhythm,
  type RhythmRule,
  sharedTokenAt,
  sumSince,
  usualIntervalMs,
} from '../core/rhythm.ts'
import type { Instant, Server, ServerId } from '../core/types.ts'
import type { RhythmRecorder } from '../ingest/rhythm-recorder.ts'
import { readRhythms } from '../store/heartbeat-rhythm.ts'
import { listObservationGaps } from '../store/observation-gaps.ts'
import type { Store } from '../store/store.ts'
import type { HeartbeatRhythmType, RecentBeatType } from './rhythm.type.ts'

/** A server's rhythm as it is told, and what it is measured by. */
export interface RhythmNow {
  readonly rhythm: Rhythm
  readonly gaps: RhythmRule['gaps']
}

/** The rhythms of these servers, with what this hub still holds in memory. */
export async function readRhythmsNow(
  store: Store,
  recorder: Pick<RhythmRecorder, 'pending'>,
  servers: readonly Pick<Server, 'id' | 'offlineAfterSeconds'>[],
): Promise<Map<ServerId, RhythmNow>> {
  const ids = servers.map((server) => server.id)
  // Memory first: what is written meanwhile is then told twice rather than not at all, and counted once.
  const pending = recorder.pending(ids)
  const stored = await readRhythms(store, ids)
  const gaps = await listObservationGaps(store, earliestIn(stored, pending), null)
  return new Map(
    servers.map(({ id, offlineAfterSeconds }) => {
      const rhythm = stored.get(id) as Rhythm
      const heardThrough = rhythm.recent.at(-1)?.at ?? Number.NEGATIVE_INFINITY
      const beats = (pending.get(id) ?? []).filter((beat) => beat.at > heardThrough)
      return [id, { rhythm: addBeats(rhythm, beats, { limitMs: offlineAfterSeconds * 1_000, gaps }), gaps }]
    }),
  )
}

export function rhythmFigures({ rhythm, gaps }: RhythmNow, server: Server, now: Instant): HeartbeatRhythmType {
  const rule = { limitMs: server.offlineAfterSeconds * 1_000, gaps }
  const since = dayStart(now)
  const interval = usualIntervalMs(rhythm.recent, rule)
  const shared = sharedTokenAt(rhythm.agents)
  return {
    since: rhythm.sinceAt === null ? null : Math.max(since, rhythm.sinceAt),
    intervalSeconds: interval === null ? null : interval / 1_000,
    ...sumSince(rhythm.hours, since),
    sharedTokenAt: shared !== null && shared >= since ? shared : null,
    clockSkewSeconds: rhythm.skewMs === null ? null : rhythm.skewMs / 1_000,
    recentBeats: rhythm.recent.map((beat) => toldBeat(beat, rule)),
  }
}

function toldBeat(beat: RecentBeat, { limitMs, gaps }: RhythmRule): RecentBeatType {
  const observed = observedGapMs(beat, gaps)
  return {
    at: beat.at,
    gapSeconds: beat.previousAt === null ? null : (beat.at - beat.previousAt) / 1_000,
    retries: beat.retries,
    nearMiss: observed !== null && isNearMiss(observed, limitMs),
  }
}

/** From when on gaps in observation may lie between these heartbeats. */
function earliestIn(stored: ReadonlyMap<ServerId, Rhythm>, pending: ReturnType<RhythmRecorder['pending']>): Instant {
  let earliest = Infinity
  for (const { recent } of stored.values())
    for (const { previousAt, at } of recent) earliest = Math.min(earliest, previousAt ?? at)
  for (const beats of pending.values())
    for (const { previousAt, at } of beats) earliest = Math.min(earliest, previousAt ?? at)
  return earliest === Infinity ? Date.now() : earliest
}
