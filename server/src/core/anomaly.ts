/** What a detector says of the newest values of one metric. */
export type AnomalyAnswer =
  /** Outside what is usual, for long enough. */
  | {
      readonly kind: 'anomalous'
      readonly score: number
      readonly expected: number
      readonly usual: readonly [number, number]
    }
  /** Back to what is usual. */
  | { readonly kind: 'usual' }
  /** Too little history, or neither inside nor outside for long enough. */
  | { readonly kind: 'unsure' }

/** Tells outliers from what is usual. `values`: newest first, of one metric of one server. Pure. */
export type AnomalyDetector = (values: readonly number[]) => AnomalyAnswer

/** This many values in a row must be outside, or inside, before anything is said. */
export const SUSTAINED_VALUES = 3

/** History needed beside the values that are judged. */
export const MIN_HISTORY = 30

/** The most history that is looked at. */
export const MAX_HISTORY = 120

/** Robust standard deviations from the median at which a value is an outlier, and within which it is usual again. */
const OUTLIER_SCORE = 6
const USUAL_SCORE = 3

/** Scales the median absolute deviation to the standard deviation of a normal distribution: 1 / Φ⁻¹(3/4). */
const MAD_TO_SIGMA = 1.4826

/**
 * Rolling median and median absolute deviation.
 *
 * @param leastSpread the smallest deviation that counts as one, in the metric's unit: a metric that never moves has a
 *   spread of zero, and its first small step would be infinitely unusual.
 */
export function medianDetector(leastSpread: number): AnomalyDetector {
  return (values) => {
    const judged = values.slice(0, SUSTAINED_VALUES)
    const history = values.slice(SUSTAINED_VALUES, SUSTAINED_VALUES + MAX_HISTORY)
    if (judged.length < SUSTAINED_VALUES || history.length < MIN_HISTORY) return { kind: 'unsure' }

    const expected = median(history)
    const sigma = Math.max(MAD_TO_SIGMA * median(history.map((value) => Math.abs(value - expected))), leastSpread)
    const scores = judged.map((value) => (value - expected) / sigma)
    const least = Math.min(...scores.map(Math.abs))
    const sameSide = scores.every((score) => score > 0) || scores.every((score) => score < 0)
    if (least >= OUTLIER_SCORE && sameSide) {
      const spread = USUAL_SCORE * sigma
      return { kind: 'anomalous', score: least, expected, usual: [expected - spread, expected + spread] }
    }
    return scores.every((score) => Math.abs(score) <= USUAL_SCORE) ? { kind: 'usual' } : { kind: 'unsure' }
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] as number
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2
}
