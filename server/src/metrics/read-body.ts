import { Refusal } from '../errors.ts'
import { type AgedSample, cleanAgedSample, cleanSamples, type SampleInput } from './clean-sample.ts'

/**
 * A sample as the body of a REST request, or a list of them: the names of the API, or the same in snake_case.
 *
 * @throws Refusal BAD_USER_INPUT for a body that is neither, or a field that is not what it should be
 */
export function readSamplesBody(body: Buffer | undefined): AgedSample[] {
  const json = inCamelCase(jsonIn(body))
  if (!Array.isArray(json)) return [cleanAgedSample(json as SampleInput, '')]
  if (json.some((entry) => typeof entry !== 'object' || entry === null)) throw notSamples()
  return cleanSamples(json, 'samples')
}

function jsonIn(body: Buffer | undefined): object {
  try {
    const value: unknown = JSON.parse(body?.toString('utf8') ?? '')
    if (typeof value === 'object' && value !== null) return value
  } catch {
    // Refused below, like any other body that is no object.
  }
  throw notSamples()
}

function notSamples(): Refusal {
  return new Refusal('BAD_USER_INPUT', 'The body is not a JSON object, nor a list of objects.')
}

/** Deeper than any sample is. */
const MAX_DEPTH = 10

function inCamelCase(value: unknown, depth = 0): unknown {
  if (depth > MAX_DEPTH) throw notSamples()
  if (Array.isArray(value)) return value.map((part) => inCamelCase(part, depth + 1))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [
      name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
      inCamelCase(part, depth + 1),
    ]),
  )
}
