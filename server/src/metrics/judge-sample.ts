import { type AnomalyAnswer, medianDetector } from '../core/anomaly.ts'
import type { Metric } from '../core/metrics.ts'
import {
  type AlertLimits,
  judgeThreshold,
  mountOf,
  type Reading,
  readingsOf,
  SUSTAINED_SAMPLES,
} from '../core/thresholds.ts'
import type { JudgedSample } from '../store/newest-samples.ts'

/** What is open of this server at this moment. */
export interface OpenMatters {
  /** Open alerts by key. */
  readonly alerts: ReadonlyMap<string, { readonly id: number; readonly value: number | null }>
  /** Open anomalies by metric. */
  readonly anomalies: ReadonlyMap<string, { readonly id: number }>
}

/** What the newest samples ask to be done. */
export type Action =
  | { readonly kind: 'raise-alert'; readonly reading: Reading; readonly message: string }
  | { readonly kind: 'resolve-alert'; readonly id: number; readonly note: string }
  | {
      readonly kind: 'raise-anomaly'
      readonly metric: Metric
      readonly value: number
      readonly message: string
      readonly answer: Anomalous
    }
  | { readonly kind: 'resolve-anomaly'; readonly id: number; readonly note: string }

type Anomalous = Extract<AnomalyAnswer, { kind: 'anomalous' }>

/** Metrics that are watched for outliers, and how they are spoken of. The detector can be replaced by a better one. */
const WATCHED: readonly {
  readonly metric: 'cpuPercent' | 'memoryPercent' | 'load1'
  readonly subject: string
  readonly unit: string
  readonly leastSpread: number
}[] = [
  { metric: 'cpuPercent', subject: 'CPU', unit: '\u00a0%', leastSpread: 3 },
  { metric: 'memoryPercent', subject: 'Memory', unit: '\u00a0%', leastSpread: 2 },
  { metric: 'load1', subject: 'Load', unit: '', leastSpread: 0.5 },
]

/**
 * Judges a server's newest samples, newest first, against its limits and its own history.
 *
 * It remembers nothing: what it needs is in the samples and in what is open, so that a restart forgets nothing.
 */
export function judgeSamples(samples: readonly JudgedSample[], limits: AlertLimits, open: OpenMatters): Action[] {
  const newest = samples[0]
  if (!newest) return []
  return [
    ...thresholdActions(samples, newest, limits, open),
    ...unmountedActions(samples, open),
    ...anomalyActions(samples, open),
  ]
}

function thresholdActions(
  samples: readonly JudgedSample[],
  newest: JudgedSample,
  limits: AlertLimits,
  { alerts }: OpenMatters,
): Action[] {
  return readingsOf(newest, limits).flatMap((reading): Action[] => {
    const values = samples
      .map((sample) => readingIn(sample, reading.key, limits))
      .filter((value) => value !== undefined)
    const alert = alerts.get(reading.key)
    const answer = judgeThreshold(values, reading.limit)
    if (answer === 'clear' && alert) {
      return [{ kind: 'resolve-alert', id: alert.id, note: `${reading.subject} is at ${percent(reading.value)}.` }]
    }
    const isNews = !alert || Math.round(alert.value ?? -1) !== Math.round(reading.value)
    if ((answer === 'raise' || (alert && reading.value > reading.limit)) && isNews) {
      return [{ kind: 'raise-alert', reading, message: messageOf(reading) }]
    }
    return []
  })
}

/** A file system that is there no more is not full. One sample without it may be a mistake; one without any is no answer. */
function unmountedActions(samples: readonly JudgedSample[], { alerts }: OpenMatters): Action[] {
  const newest = samples.slice(0, SUSTAINED_SAMPLES).map(({ disks }) => disks)
  if (newest.length < SUSTAINED_SAMPLES || newest.some((disks) => disks.length === 0)) return []
  const mounted = new Set(newest.flat().map(({ mount }) => mount))
  return [...alerts].flatMap(([key, { id }]): Action[] => {
    const mount = mountOf(key)
    if (mount === undefined || mounted.has(mount)) return []
    return [{ kind: 'resolve-alert', id, note: `${mount} is not mounted any more.` }]
  })
}

function readingIn(sample: JudgedSample, key: string, limits: AlertLimits): number | undefined {
  return readingsOf(sample, limits).find((reading) => reading.key === key)?.value
}

function anomalyActions(samples: readonly JudgedSample[], { anomalies }: OpenMatters): Action[] {
  return WATCHED.flatMap(({ metric, subject, unit, leastSpread }): Action[] => {
    const values = samples.map((sample) => sample[metric]).filter((value) => value !== null)
    const answer = medianDetector(leastSpread)(values)
    const anomaly = anomalies.get(metric)
    const value = values[0] ?? 0
    if (answer.kind === 'usual' && anomaly) {
      return [{ kind: 'resolve-anomaly', id: anomaly.id, note: `${subject} is back to what is usual.` }]
    }
    if (answer.kind !== 'anomalous' || anomaly) return []
    const [low, high] = answer.usual
    const usual = `${rounded(Math.max(0, low))} to ${rounded(high)}${unit}`
    return [
      {
        kind: 'raise-anomaly',
        metric,
        value,
        answer,
        message: `${subject} ${rounded(value)}${unit}, usually ${usual}.`,
      },
    ]
  })
}

function messageOf({ subject, value, limit }: Reading): string {
  return `${subject} ${percent(value)}${subject.startsWith('Disk') ? ' used' : ''}, limit ${percent(limit)}.`
}

function percent(value: number): string {
  return `${rounded(value)}\u00a0%`
}

/** One decimal, where it says something. */
function rounded(value: number): string {
  return String(Math.round(value * 10) / 10)
}
