import type { IntervalHistogram } from 'node:perf_hooks'
import type { Feed } from './feed.ts'
import { FAULTS, type Fault, type Finding } from './finding.ts'
import type { Options } from './options.ts'
import type { Percentiles } from './percentiles.ts'
import type { Sender } from './sender.ts'
import type { Chronicle } from './story.ts'
import type { Tally } from './tally.ts'
import type { Verdict } from './verdict.ts'
import type { Gap } from './yardstick.ts'

/** Everything that is reported, as numbers. */
export interface Result {
  /** Whether nothing is wrong. */
  readonly ok: boolean
  readonly servers: number
  readonly silenced: number
  readonly intervalMs: number
  readonly offlineAfterSeconds: number
  readonly ranMs: number
  readonly heartbeats: Tally['counts'] & {
    readonly latencyMs: Percentiles | null
    readonly reasons: Readonly<Record<string, number>>
    /** Slots in which a server still waited for the answer to its last heartbeat. */
    readonly skippedSlots: number
  }
  readonly events: Verdict['events']
  readonly rightlyOffline: number
  readonly faults: Readonly<Record<Fault, number>>
  readonly findings: readonly Finding[]
  readonly lagMs: Verdict['lag']
  /** Set where the p99 of the lag is more than was asked for. */
  readonly tooSlow: boolean
  readonly observationGaps: number
  readonly feedReconnects: readonly string[]
  readonly clock: { readonly offsetMs: number; readonly uncertaintyMs: number; readonly moved: boolean }
  /** What the simulator itself adds to every lag. */
  readonly simulator: {
    readonly loopDelayP99Ms: number
    readonly loopDelayMaxMs: number
    readonly worstLatenessMs: number
  }
}

export interface Run {
  readonly options: Options
  readonly ranMs: number
  readonly chronicle: Chronicle
  readonly tally: Tally
  readonly sender: Sender
  readonly feed: Feed
  readonly gaps: readonly Gap[]
  /** What was found of the other subscribers. */
  readonly crowd: readonly Finding[]
  readonly loopDelay: IntervalHistogram
  readonly verdict: Verdict
}

const NANOS_PER_MS = 1e6

export function resultOf(run: Run): Result {
  const { options, ranMs, chronicle, tally, sender, feed, gaps, loopDelay, verdict, crowd } = run
  const findings = [...verdict.findings, ...refusals(tally), ...neverHeard(chronicle, options, ranMs), ...crowd]
  const p99 = verdict.lag.offline?.p99 ?? 0
  const tooSlow = options.maxLagMs !== null && p99 > options.maxLagMs
  return {
    ok: findings.length === 0 && !tooSlow,
    servers: options.servers,
    silenced: options.silence,
    intervalMs: options.intervalMs,
    offlineAfterSeconds: options.offlineAfterSeconds,
    ranMs,
    heartbeats: {
      ...tally.counts,
      latencyMs: tally.latencyMs,
      reasons: Object.fromEntries(tally.reasons),
      skippedSlots: sender.skipped,
    },
    events: verdict.events,
    rightlyOffline: verdict.deaths,
    faults: countFaults(findings),
    findings,
    lagMs: verdict.lag,
    tooSlow,
    observationGaps: gaps.length,
    feedReconnects: feed.losses,
    clock: { offsetMs: tally.clock.offsetMs, uncertaintyMs: tally.clock.uncertaintyMs, moved: tally.clock.moved },
    simulator: {
      loopDelayP99Ms: loopDelay.percentile(99) / NANOS_PER_MS,
      loopDelayMaxMs: loopDelay.max / NANOS_PER_MS,
      worstLatenessMs: sender.worstLatenessMs,
    },
  }
}

function refusals(tally: Tally): Finding[] {
  return [...tally.refusals].map(([{ name }, why]) => ({ fault: 'HEARTBEAT_REFUSED', server: name, proof: why }))
}

/** Servers whose turn to send had come, and not one heartbeat of which was acknowledged. */
function neverHeard(
  chronicle: Chronicle,
  { intervalMs, rampIntervals, graceMs, silence, silenceAfterMs }: Options,
  ranMs: number,
): Finding[] {
  const rampMs = rampIntervals * intervalMs
  const hadTime = ranMs > rampMs + graceMs && (silence === 0 || silenceAfterMs > rampMs)
  if (!hadTime) return []
  return [...chronicle.stories()]
    .filter(({ first }) => first === null)
    .map(({ name }) => ({ fault: 'NEVER_HEARD', server: name, proof: 'no heartbeat was acknowledged' }))
}

function countFaults(findings: readonly Finding[]): Record<Fault, number> {
  const counts = Object.fromEntries(FAULTS.map((fault) => [fault, 0])) as Record<Fault, number>
  for (const { fault } of findings) counts[fault] += 1
  return counts
}
