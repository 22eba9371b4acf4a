import type { Instant } from '../../src/core/types.ts'

/** An instant as the store has it or, to the millisecond, as the API tells it. */
type Told = Instant | string

interface Death {
  readonly lastHeartbeatAt: Told | null
  readonly at: Told
  readonly detectedAt: Told
}

/** So old a stamp must be to leave a hole. */
const HOLE_MS = 1_000

/**
 * The part of a silence, before its server became OFFLINE, in which somebody could have heard. Where a machine is too busy
 * to stamp it is shorter than the silence; but it is the limit, to the microsecond, however busy the machine is.
 * What was no hole yet when the death was detected changes it no more.
 */
export function observedSilence(
  death: Death | undefined,
  gaps: readonly { readonly from: Told; readonly until: Told }[],
): number {
  if (!death || death.lastHeartbeatAt === null) throw new Error('Nobody died of silence')
  const [from, until] = [instant(death.lastHeartbeatAt), instant(death.at)]
  const covered = gaps
    .filter((gap) => instant(gap.from) + HOLE_MS < instant(death.detectedAt))
    .map((gap) => Math.max(0, Math.min(until, instant(gap.until)) - Math.max(from, instant(gap.from))))
  return until - from - covered.reduce((sum, ms) => sum + ms, 0)
}

function instant(told: Told): Instant {
  return typeof told === 'number' ? told : Date.parse(told)
}
