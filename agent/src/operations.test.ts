import { readFileSync } from 'node:fs'
import { buildSchema, parse, validate } from 'graphql'
import { expect, test } from 'vitest'
import { RECORD_HEARTBEAT, RECORD_METRICS } from './operations.ts'

const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'))
const has = (mutation: string) => schema.getMutationType()?.getFields()[mutation] !== undefined

test('the hub understands the heartbeat', () => {
  expect(validate(schema, parse(RECORD_HEARTBEAT))).toEqual([])
})

// The hub learns of metrics later than the agent.
test.runIf(has('recordMetrics'))('the hub understands the metrics', () => {
  expect(validate(schema, parse(RECORD_METRICS))).toEqual([])
})
