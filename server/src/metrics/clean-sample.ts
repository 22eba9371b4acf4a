import { type DiskUsage, METRICS, type Metric, type MetricSample, type ProcessUsage } from '../core/metrics.ts'
import { badField, cleanNumber, cleanPercent } from './clean-number.ts'
import { cleanProcesses } from './clean-processes.ts'

/** The most file systems of one sample. */
const MAX_DISKS = 100
const MAX_MOUNT = 256

/** Figures that are shares of something whole. */
const PERCENTS = new Set<Metric>(['cpuPercent', 'memoryPercent', 'swapPercent'])

const MAX_PROCESSES = 2_147_483_647

/** The most samples of one delivery, so that it fits into one request, and how old one may be. */
export const MAX_SAMPLES = 300
export const MAX_AGE_SECONDS = 86_400

/** A sample as it comes from outside, by GraphQL or as JSON: anything may be in it. */
export type SampleInput = Readonly<Partial<Record<Metric | 'disks' | 'topProcesses' | 'ageSeconds', unknown>>>

/** A sample and how long ago it was measured. */
export interface AgedSample {
  readonly sample: MetricSample
  /** None from an agent that was not asked for them. */
  readonly processes?: readonly ProcessUsage[]
  readonly ageMs: number
}

/**
 * Several samples of one server, each with its age.
 *
 * @throws Refusal BAD_USER_INPUT for none, for more than 300, or for one that is not fit to be stored, by its field
 */
export function cleanSamples(inputs: readonly SampleInput[], name: string): AgedSample[] {
  if (inputs.length === 0) throw badField(name, 'has no sample.')
  if (inputs.length > MAX_SAMPLES) throw badField(name, `has more than ${MAX_SAMPLES} samples.`)
  return inputs.map((input, i) => cleanAgedSample(input, `${name}.${i}.`))
}

/** A sample with its age; one that says nothing of it was measured just now. Any age is taken: see `isTooOld`. */
export function cleanAgedSample(input: SampleInput, prefix: string): AgedSample {
  const { ageSeconds } = input
  const age = ageSeconds === undefined || ageSeconds === null ? 0 : cleanNumber(ageSeconds, `${prefix}ageSeconds`)
  const processes = cleanProcesses(input.topProcesses, prefix)
  return { sample: cleanSample(input, prefix), processes, ageMs: age * 1_000 }
}

/** Older than can still be put in its place. */
export function isTooOld({ ageMs }: AgedSample): boolean {
  return ageMs > MAX_AGE_SECONDS * 1_000
}

/**
 * A sample that is fit to be stored: finite figures, not negative, per cents up to 100 (a little more is rounding, and cut).
 *
 * @param prefix how the caller spells the object, with its dot; fields are named after it.
 * @throws Refusal BAD_USER_INPUT that names the field
 */
export function cleanSample(input: SampleInput, prefix: string): MetricSample {
  const figures = METRICS.map((metric) => [metric, cleanFigure(input[metric], metric, prefix)] as const)
  return { ...(Object.fromEntries(figures) as Record<Metric, number | null>), disks: cleanDisks(input.disks, prefix) }
}

function cleanFigure(value: unknown, metric: Metric, prefix: string): number | null {
  if (value === undefined || value === null) return null
  const field = `${prefix}${metric}`
  const figure = cleanNumber(value, field)
  if (PERCENTS.has(metric)) return Math.fround(cleanPercent(figure, field))
  if (metric === 'processes') return Math.min(Math.round(figure), MAX_PROCESSES)
  // The moment of a sample is told by its uptime: it keeps every digit.
  return metric === 'uptimeSeconds' ? figure : Math.fround(figure)
}

function cleanDisks(value: unknown, prefix: string): readonly DiskUsage[] {
  if (value === undefined || value === null) return []
  const field = `${prefix}disks`
  if (!Array.isArray(value)) throw badField(field, 'is not a list.')
  if (value.length > MAX_DISKS) throw badField(field, `has more than ${MAX_DISKS} entries.`)
  return value.map((disk, i) => cleanDisk(disk, `${field}.${i}`))
}

function cleanDisk(disk: unknown, field: string): DiskUsage {
  if (typeof disk !== 'object' || disk === null) throw badField(field, 'is not an object.')
  const { mount, usedPercent, usedBytes, totalBytes } = disk as Record<string, unknown>
  if (typeof mount !== 'string' || mount.length === 0 || mount.length > MAX_MOUNT) {
    throw badField(`${field}.mount`, `is not a path of 1 to ${MAX_MOUNT} characters.`)
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(mount) || !mount.isWellFormed()) {
    throw badField(`${field}.mount`, 'holds control characters.')
  }
  return {
    mount,
    usedPercent: cleanPercent(cleanNumber(usedPercent, `${field}.usedPercent`), `${field}.usedPercent`),
    usedBytes: cleanNumber(usedBytes, `${field}.usedBytes`),
    totalBytes: cleanNumber(totalBytes, `${field}.totalBytes`),
  }
}
