import type { Instant } from '../../src/core/types.ts'

/** An instant as the store has it or, to the millisecond, as the API tells it. */
type Told = Instant | string

interface Death {
  readonly lastHeartbeatAt: Told | null
  readonly at: Told
  readonly detectedAt: Told
}

/**
 * The part of a silence, before its server became OFFLINE, in which somebody could have heard. Where a machine is too busy
 * to stamp it is shorter than the silence; shorter than the limit it never is. A gap that was found later changes no death.
 */
export function observedSilence(
  death: Death | undefined,
  gaps: readonly { readonly from: Told; readonly until: Told }[],
): number {
  if (!death || death.lastHeartbeatAt === null) throw new Error('Nobody died of silence')
  const [from, until] = [instant(death.lastHeartbeatAt), instant(death.at)]
  const covered = gaps
    .filter((gap) => instant(gap.until) <= instant(death.detectedAt))
    .map((gap) => Math.max(0, Math.min(until, instant(gap.until)) - Math.max(from, instant(gap.from))))
  return until - from - covered.reduce((sum, ms) => sum + ms, 0)
}

function instant(told: Told): Instant {
  return typeof told === 'number' ? told : Date.parse(told)
}
