import type { RhythmFragment } from '../api/generated/graphql.ts'
import { duration, NBSP } from '../ui/durations.ts'
import { count } from '../ui/words.ts'

/** One heartbeat: as wide and as tall as the gap before it. Shares of the strip, 0 to 1. */
export interface Block {
  readonly left: number
  readonly width: number
  readonly height: number
  readonly kind: 'beat' | 'near' | 'over'
  readonly gapSeconds: number
  readonly retries: number
}

/** The last heartbeats, drawn. */
export interface Strip {
  readonly from: number
  readonly to: number
  readonly blocks: readonly Block[]
  /** Where the limit lies, from the bottom. */
  readonly limit: number
  /** Since the last heartbeat, where that is more than its limit. */
  readonly silence: { readonly left: number; readonly at: number } | null
}

/** The limit lies at this height, so that a gap over it is seen to be one. */
const LIMIT_AT = 0.77
/** What is silent takes no more of the strip than this: the beats before it say more. */
const SILENCE_AT_MOST = 0.3
/** Two blocks are told apart. */
const BETWEEN = 0.0012

/** Nothing where there are no two heartbeats to be apart. `silentSince`: the hub says that it is silent. */
export function stripOf(
  { recentBeats }: Pick<RhythmFragment, 'recentBeats'>,
  limitSeconds: number,
  silent: boolean,
  now: number,
): Strip | null {
  const beats = recentBeats.flatMap(({ at, gapSeconds, ...beat }) =>
    gapSeconds === null || gapSeconds <= 0 ? [] : [{ ...beat, gapSeconds, at: Date.parse(at) }],
  )
  const [first] = beats
  const last = beats.at(-1)
  if (!first || !last) return null

  const from = first.at - first.gapSeconds * 1_000
  const heard = last.at - from
  const most = last.at + heard * (SILENCE_AT_MOST / (1 - SILENCE_AT_MOST))
  const to = Math.max(last.at, Math.min(now, most))
  const share = (ms: number) => ms / (to - from)
  return {
    from,
    to,
    limit: LIMIT_AT,
    silence: silent ? { left: share(last.at - from), at: last.at + limitSeconds * 1_000 } : null,
    blocks: beats.map(({ at, gapSeconds, retries, nearMiss }) => ({
      left: share(at - gapSeconds * 1_000 - from),
      width: Math.max(BETWEEN, share(gapSeconds * 1_000) - BETWEEN),
      height: Math.min(1, (gapSeconds / limitSeconds) * LIMIT_AT),
      kind: nearMiss ? 'near' : gapSeconds > limitSeconds ? 'over' : 'beat',
      gapSeconds,
      retries,
    })),
  }
}

/** What was out of the ordinary since the figures are counted. */
export function unusual(rhythm: Omit<RhythmFragment, 'recentBeats'>): string {
  const parts = [
    rhythm.nearMisses > 0 && count(rhythm.nearMisses, 'near miss', 'near misses'),
    rhythm.missedSlots > 0 && count(rhythm.missedSlots, 'missed beat'),
    rhythm.retries > 0 && count(rhythm.retries, 'retry', 'retries'),
    rhythm.reboots > 0 && count(rhythm.reboots, 'reboot'),
    rhythm.agentRestarts > 0 && count(rhythm.agentRestarts, 'restart of the agent', 'restarts of the agent'),
  ].filter((part) => part !== false)
  return parts.length > 0 ? `${parts.join(', ')} in 24${NBSP}h` : `nothing unusual in 24${NBSP}h`
}

/** The strip for whoever cannot see it. */
export function stripSentence(strip: Strip, rhythm: RhythmFragment): string {
  const usual = rhythm.intervalSeconds === null ? '' : ` Usually ${seconds(rhythm.intervalSeconds)}.`
  const near = strip.blocks.filter(({ kind }) => kind === 'near')
  const longest = Math.max(0, ...near.map(({ gapSeconds }) => gapSeconds))
  const misses =
    near.length > 0 ? ` ${count(near.length, 'near miss', 'near misses')}, of ${seconds(longest)} at most.` : ''
  return `Gaps between heartbeats, ${duration(strip.to - strip.from)}.${usual}${misses}${strip.silence ? ' Then silence.' : ''}`
}

export function seconds(gap: number): string {
  return gap < 120 ? `${Number(gap.toFixed(gap < 10 || gap % 1 >= 0.05 ? 1 : 0))}${NBSP}s` : duration(gap * 1_000)
}

/** A machine's clock is worth a word from here on. */
const SKEW_SECONDS = 2

/** What to look after: two machines with one token, a clock that is wrong. */
export function worries({
  sharedTokenAt,
  clockSkewSeconds,
}: Pick<RhythmFragment, 'sharedTokenAt' | 'clockSkewSeconds'>): string[] {
  const skew = clockSkewSeconds ?? 0
  return [
    ...(sharedTokenAt === null
      ? []
      : [
          'Two machines report with this server’s token: each looks like the other’s sign of life. Make a token for each.',
        ]),
    ...(Math.abs(skew) < SKEW_SECONDS
      ? []
      : [
          `The machine’s clock is ${seconds(Math.abs(skew))} ${skew > 0 ? 'ahead' : 'behind'}. Statuses do not depend on it.`,
        ]),
  ]
}
