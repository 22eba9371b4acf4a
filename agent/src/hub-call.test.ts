import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ACCEPTED, answer, graphqlError } from '../test/virtual-host.ts'
import { heartbeatCall } from './heartbeat.ts'
import type { PostResult } from './host.ts'
import { type CallOutcome, classify } from './hub-call.ts'

const identity = { bootId: undefined, agentStartedAt: '2026-01-01T12:00:00.000Z' }
const attempt = { retries: 0, sentAtMs: 0 }
const graphql = heartbeatCall(1, identity, attempt, 'graphql').accepted
const rest = heartbeatCall(1, identity, attempt, 'rest').accepted

const REST_OK = answer(200, { status: 'ok', server_id: 1, heartbeat_received: true })

describe('an answer to a heartbeat', () => {
  test('is believed only in the shape of the protocol', () => {
    expect(classify(ACCEPTED, graphql).kind).toBe('accepted')
    expect(classify(REST_OK, rest).kind).toBe('accepted')
    expect(classify(REST_OK, graphql).kind).toBe('not-a-hub')
    expect(classify(ACCEPTED, rest).kind).toBe('not-a-hub')
  })

  test.each<[string, PostResult, CallOutcome]>([
    [
      'data beside an error',
      answer(200, { data: { recordHeartbeat: {} }, errors: [{ extensions: { code: 'FORBIDDEN' } }] }),
      { kind: 'forbidden' },
    ],
    ['null data', answer(200, { data: { recordHeartbeat: null } }), { kind: 'not-a-hub', status: 200 }],
    ['an empty list of errors', answer(200, { data: null, errors: [] }), { kind: 'not-a-hub', status: 200 }],
    [
      'an error without a code',
      answer(500, { errors: [{ message: 'no' }] }),
      { kind: 'server-error', status: 500, retryAfterMs: 0 },
    ],
    ['an error that is no object', answer(400, { errors: ['no'] }), { kind: 'not-a-hub', status: 400 }],
    [
      'a code with a status of its own',
      answer(401, { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] }),
      { kind: 'unauthorised' },
    ],
    ['a REST refusal', answer(403, { error: 'Not yours.', code: 'FORBIDDEN' }), { kind: 'forbidden' }],
    ['a REST refusal of the original', answer(404, { error: 'Server not found' }), { kind: 'unknown-server' }],
    ['RATE_LIMITED', graphqlError('RATE_LIMITED'), { kind: 'rate-limited', retryAfterMs: 0 }],
    [
      'UNAVAILABLE',
      answer(503, { error: 'Later.', code: 'UNAVAILABLE' }, { 'retry-after': '2' }),
      { kind: 'server-error', status: 503, retryAfterMs: 2_000 },
    ],
    [
      'a schema that lacks it',
      graphqlError('GRAPHQL_VALIDATION_FAILED', 'Unknown\n\u001b[31mfield'),
      { kind: 'rejected', code: 'GRAPHQL_VALIDATION_FAILED', message: 'Unknown [31mfield' },
    ],
    ['202', answer(202, { data: { recordHeartbeat: {} } }), { kind: 'not-a-hub', status: 202 }],
    ['400', answer(400, ''), { kind: 'not-a-hub', status: 400 }],
    ['408', answer(408, ''), { kind: 'server-error', status: 408, retryAfterMs: 0 }],
    ['a redirect to nowhere', answer(302, ''), { kind: 'redirected', to: 'nowhere' }],
  ])('%s', (_, result, outcome) => {
    expect(classify(result, graphql)).toEqual(outcome)
  })

  test('of whatever kind is classified, in words that fit one line', () => {
    const anAnswer = fc.record({
      kind: fc.constant('answered' as const),
      status: fc.integer({ min: 100, max: 599 }),
      headers: fc.dictionary(fc.constantFrom('retry-after', 'date', 'location'), fc.string({ unit: 'binary' })),
      body: fc.oneof(fc.json(), fc.string({ unit: 'binary' }), anErrorAnswer()),
    })
    fc.assert(
      fc.property(anAnswer, (result) => {
        expect(JSON.stringify(classify(result, graphql))).toMatch(/^[\x20-\x7e]{1,600}$/)
      }),
      { numRuns: 500 },
    )
  })
})

function anErrorAnswer() {
  const error = fc.record({ message: fc.anything(), extensions: fc.record({ code: fc.anything() }) })
  return fc
    .record({ errors: fc.array(error) })
    .map((body) => JSON.stringify(body, (_, value) => (typeof value === 'bigint' ? 0 : value)))
}
