import { readFileSync } from 'node:fs'
import { buildSchema, parse, validate } from 'graphql'
import { expect, test } from 'vitest'
import { RECORD_FAREWELL, RECORD_HEARTBEAT, RECORD_METRIC_SAMPLES, RECORD_METRICS } from './operations.ts'

const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'))

test.each(Object.entries({ RECORD_HEARTBEAT, RECORD_METRICS, RECORD_METRIC_SAMPLES, RECORD_FAREWELL }))(
  'the hub understands %s',
  (_, text) => {
    expect(validate(schema, parse(text))).toEqual([])
  },
)
