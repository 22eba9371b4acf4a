import type { MetricSample } from './metrics.ts'

/** Above its limit for this many samples in a row, an alert opens. */
export const SUSTAINED_SAMPLES = 2

/** An alert resolves when the value has come down to this many points below its limit, so that it does not flap. */
const CLEAR_MARGIN = 5

/** A limit of this many per cent is none: nothing is above it, and what was open is over. */
const NO_LIMIT = 100

/** Per cent. A server may have its own. */
export interface AlertLimits {
  readonly cpuPercent: number
  readonly memoryPercent: number
  readonly diskPercent: number
}

export const DEFAULT_LIMITS: AlertLimits = { cpuPercent: 80, memoryPercent: 90, diskPercent: 90 }

/** One thing that is held against a limit: the CPU, the memory, one file system. */
export interface Reading {
  /** Names the alert that it opens. */
  readonly key: string
  /** As the alert says it: `CPU`, `Disk /var`. */
  readonly subject: string
  readonly value: number
  readonly limit: number
}

/**
 * What is to be done about an alert:
 * - `raise`: it is above its limit for long enough
 * - `clear`: it has come down to its clear level
 * - `keep`: neither; an open alert stays open, none is opened
 */
export type ThresholdAnswer = 'raise' | 'clear' | 'keep'

const DISK_KEY = 'threshold:disk:'

/** The file system whose alert has this key; undefined where it is another's. */
export function mountOf(key: string): string | undefined {
  return key.startsWith(DISK_KEY) ? key.slice(DISK_KEY.length) : undefined
}

/** Everything in a sample that has a limit. What was not measured is not judged. */
export function readingsOf(
  sample: Pick<MetricSample, 'cpuPercent' | 'memoryPercent' | 'disks'>,
  limits: AlertLimits,
): Reading[] {
  const { cpuPercent, memoryPercent, disks } = sample
  const readings: Reading[] = []
  if (cpuPercent !== null)
    readings.push({ key: 'threshold:cpu', subject: 'CPU', value: cpuPercent, limit: limits.cpuPercent })
  if (memoryPercent !== null) {
    readings.push({ key: 'threshold:memory', subject: 'Memory', value: memoryPercent, limit: limits.memoryPercent })
  }
  for (const { mount, usedPercent } of disks) {
    const subject = `Disk ${mount}`
    readings.push({ key: `${DISK_KEY}${mount}`, subject, value: usedPercent, limit: limits.diskPercent })
  }
  return readings
}

/** Judges the newest values of one reading, newest first, against its limit. */
export function judgeThreshold(values: readonly number[], limit: number): ThresholdAnswer {
  const newest = values[0]
  if (newest === undefined) return 'keep'
  if (limit >= NO_LIMIT || newest <= limit - CLEAR_MARGIN) return 'clear'
  const sustained =
    values.length >= SUSTAINED_SAMPLES && values.slice(0, SUSTAINED_SAMPLES).every((value) => value > limit)
  return sustained ? 'raise' : 'keep'
}
