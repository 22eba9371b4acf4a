import vectors from './status.vectors.json' with { type: 'json' }
import type { Instant, StatusAndReason, StatusFacts, Verdict } from './types.ts'

/** One line of the status rule as data: for these facts at this moment, this is the answer. */
export interface StatusVector {
  readonly name: string
  readonly facts: StatusFacts
  readonly now: Instant
  readonly expected: Verdict
}

/** `status.vectors.json` with its ISO 8601 times read as instants. */
export const STATUS_VECTORS: readonly StatusVector[] = vectors.map(({ name, facts, now, expected }) => ({
  name,
  facts: {
    ...facts,
    lastHeartbeatAt: instantOrNull(facts.lastHeartbeatAt),
    gaps: facts.gaps.map((gap) => ({ from: instantOf(gap.from), until: instantOf(gap.until) })),
  },
  now: instantOf(now),
  expected: {
    ...expected,
    ...(expected as Pick<Verdict, 'status' | 'reason' | 'rule'>),
    evaluatedAt: instantOf(expected.evaluatedAt),
    lastHeartbeatAt: instantOrNull(expected.lastHeartbeatAt),
    nextTransitionAt: instantOrNull(expected.nextTransitionAt),
    wouldBecome: expected.wouldBecome as StatusAndReason | null,
  },
}))

/** Reads ISO 8601 in UTC down to the microsecond, where `Date` stops at the millisecond. */
export function instantOf(iso: string): Instant {
  const fraction = /\.(\d+)Z$/.exec(iso)?.[1] ?? ''
  const seconds = Date.parse(iso.replace(/(\.\d+)?Z$/, 'Z')) / 1_000
  return (seconds * 1_000_000 + Number(fraction.padEnd(6, '0').slice(0, 6))) / 1_000
}

function instantOrNull(iso: string | null): Instant | null {
  return iso === null ? null : instantOf(iso)
}
