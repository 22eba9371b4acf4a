import { expect, test } from 'vitest'
import type { InsertedSamples } from '../store/metric-samples.ts'
import { cleanSample, MAX_SAMPLES } from './clean-sample.ts'
import { SampleWriter } from './sample-writer.ts'

const SAMPLES = Array.from({ length: MAX_SAMPLES }, () => ({ sample: cleanSample({}, ''), ageMs: 0 }))

test("one server's flood is refused with when to try again, fills no other's room, and is taken again when it is written", async () => {
  const { promise: written, resolve } = Promise.withResolvers<ReadonlyMap<number, InsertedSamples>>()
  const writer = new SampleWriter({ write: () => written, maxWaiting: 100_000 })
  const taken = [writer.record(1, SAMPLES), writer.record(1, SAMPLES), writer.record(2, SAMPLES)]
  const refusal = { code: 'UNAVAILABLE', details: { retryAfterSeconds: 1 } }
  await expect(writer.record(1, SAMPLES.slice(0, 1))).rejects.toMatchObject(refusal)

  resolve(new Map([1, 2].map((id) => [id, { at: 0, recorded: MAX_SAMPLES, tooMany: 0 }])))
  expect((await Promise.all(taken)).map(({ kind }) => kind)).toEqual(['recorded', 'recorded', 'recorded'])
  await expect(writer.record(1, SAMPLES)).resolves.toMatchObject({ kind: 'recorded' })
})
