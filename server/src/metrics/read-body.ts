import type { MetricSample } from '../core/metrics.ts'
import { Refusal } from '../errors.ts'
import { cleanSample, type SampleInput } from './clean-sample.ts'

/**
 * A sample as the body of a REST request: the names of the API, or the same in snake_case.
 *
 * @throws Refusal BAD_USER_INPUT for a body that is no JSON object, or a field that is not what it should be
 */
export function readSampleBody(body: Buffer | undefined): MetricSample {
  return cleanSample(inCamelCase(jsonIn(body)) as SampleInput, '')
}

function jsonIn(body: Buffer | undefined): object {
  try {
    const value: unknown = JSON.parse(body?.toString('utf8') ?? '')
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  } catch {
    // Refused below, like any other body that is no object.
  }
  throw new Refusal('BAD_USER_INPUT', 'The body is not a JSON object.')
}

function inCamelCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inCamelCase)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [
      name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
      inCamelCase(part),
    ]),
  )
}
