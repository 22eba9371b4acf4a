export interface Percentiles {
  readonly count: number
  readonly p50: number
  readonly p99: number
  readonly max: number
}

/** Nearest rank; null for no samples. */
export function percentilesOf(samples: readonly number[]): Percentiles | null {
  if (samples.length === 0) return null
  const sorted = samples.toSorted((a, b) => a - b)
  const rank = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] as number
  return { count: sorted.length, p50: rank(0.5), p99: rank(0.99), max: rank(1) }
}
