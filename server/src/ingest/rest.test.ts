import { describe, expect, test, vi } from 'vitest'
import { ANONYMOUS, type Caller } from '../access/caller.ts'
import { AccessRules } from '../access/permissions.ts'
import type { HeartbeatOutcome } from './batch-writer.ts'
import { readAgentFacts, receiveHeartbeat } from './rest.ts'

const NOON = Date.UTC(2026, 0, 1, 12)
const AGENT: Caller = { kind: 'agent', serverId: 1 }
const OPERATOR: Caller = { kind: 'user', name: 'relay', scope: 'operate', via: 'token' }

/** A hub that knows the server 1, "web-1". */
function scene({ openIngest = false } = {}) {
  const record = vi.fn(
    async (id: number): Promise<HeartbeatOutcome> =>
      id === 1 ? { kind: 'recorded', receivedAt: NOON + 0.25, name: 'web-1' } : { kind: 'unknown-server' },
  )
  const send = (caller: Caller, id: string, body?: string) =>
    receiveHeartbeat(
      new AccessRules({ openIngest }),
      { record },
      {
        caller,
        id,
        body: body === undefined ? undefined : Buffer.from(body),
        arrivedAtMs: 5,
      },
    )
  return { record, send }
}

test('a heartbeat is answered as the original answers it', async () => {
  const { record, send } = scene()
  expect(await send(AGENT, '1', '{"agent_version": "1.0.0"}')).toEqual({
    status: 'ok',
    server_id: 1,
    server_name: 'web-1',
    heartbeat_received: true,
    timestamp: '2026-01-01T12:00:00.000Z',
  })
  expect(record).toHaveBeenCalledExactlyOnceWith(1, { agentVersion: '1.0.0' }, 5)
})

describe('what the body may be', () => {
  test.each([
    ['nothing', undefined],
    ['empty', ''],
    ['blank', ' \n'],
    ['malformed', '{"agent_version": '],
    ['not JSON', 'hello'],
    ['a raw NUL byte', '{"agent_version": "1\u0000"}'],
    ['a list', '[1]'],
    ['null', 'null'],
    ['a number', '17'],
    ['without the field', '{"other": 1}'],
    ['null in the field', '{"agent_version": null}'],
  ])('%s: the heartbeat counts', (_, body) => {
    expect(readAgentFacts(body === undefined ? undefined : Buffer.from(body))).toEqual({})
  })

  test('bytes that are no UTF-8 cost nothing', () => {
    expect(readAgentFacts(Buffer.from([0xff, 0xfe, 0x7b]))).toEqual({})
  })

  test.each([
    ['a number', '{"agent_version": 1}'],
    ['a list', '{"agent_version": ["1.0.0"]}'],
    ['an object', '{"agent_version": {}}'],
    ['too long', JSON.stringify({ agent_version: 'x'.repeat(65) })],
    ['with NUL', JSON.stringify({ agent_version: '1\u0000' })],
    ['with half a surrogate pair', '{"agent_version": "\\ud800"}'],
  ])('agent_version %s is refused by name', (_, body) => {
    const read = () => readAgentFacts(Buffer.from(body))
    expect(read).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT', details: { field: 'agent_version' } }))
  })
})

describe('who may report for whom', () => {
  test.each([
    ['the agent for its server', AGENT, '1', 'ok'],
    ['the agent for another server', AGENT, '2', 'FORBIDDEN'],
    ['the agent for an id that cannot be', AGENT, '99999999999', 'FORBIDDEN'],
    ['a relay', OPERATOR, '1', 'ok'],
    ['a relay for an unknown server', OPERATOR, '2', 'SERVER_NOT_FOUND'],
    ['a relay beyond int4', OPERATOR, '2147483648', 'SERVER_NOT_FOUND'],
    ['a relay with a word', OPERATOR, 'web-1', 'SERVER_NOT_FOUND'],
    ['nobody', ANONYMOUS, '1', 'UNAUTHENTICATED'],
    ['nobody for an unknown server', ANONYMOUS, '2', 'UNAUTHENTICATED'],
    ['nobody for an id that cannot be', ANONYMOUS, '0', 'UNAUTHENTICATED'],
  ] as const)('%s', async (_, caller, id, expected) => {
    const answer = await scene()
      .send(caller, id)
      .then(
        ({ status }) => status,
        (error) => error.code,
      )
    expect(answer).toBe(expected)
  })

  test('under open ingest nobody in particular may report for any server', async () => {
    const { send } = scene({ openIngest: true })
    expect(await send(ANONYMOUS, '1')).toMatchObject({ server_id: 1 })
    await expect(send(ANONYMOUS, '2')).rejects.toMatchObject({ code: 'SERVER_NOT_FOUND', message: 'Server not found' })
  })
})
