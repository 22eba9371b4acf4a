import type { Caller } from '../access/caller.ts'
import type { AccessRules } from '../access/permissions.ts'
import type { AgentFacts, ServerId } from '../core/types.ts'
import { Refusal } from '../errors.ts'
import type { BatchWriter } from './batch-writer.ts'
import { cleanAgentFacts, parseServerId } from './entries.ts'

/** The original's answer to a heartbeat, to the letter. */
export interface HeartbeatAnswer {
  readonly status: 'ok'
  readonly server_id: ServerId
  readonly server_name: string
  readonly heartbeat_received: true
  readonly timestamp: string
}

export interface HeartbeatCall {
  readonly caller: Caller
  /** As it stands in the address. */
  readonly id: string
  /** The body as it came; undefined where there was none. */
  readonly body: Buffer | undefined
  /** `performance.now()` when it arrived. */
  readonly arrivedAtMs: number
}

/** The id of no server. */
const NO_SERVER: ServerId = 0

/** The original's words for the fields. */
const FIELDS = {
  agentVersion: 'agent_version',
  bootId: 'boot_id',
  agentStartedAt: 'agent_started_at',
  retries: 'retries',
  sentAt: 'sent_at',
}

/**
 * Records a heartbeat that came by the REST shim.
 *
 * Whether the caller may report for the server is settled before anything is said of whether the server exists.
 *
 * @throws Refusal UNAUTHENTICATED, FORBIDDEN, SERVER_NOT_FOUND, BAD_USER_INPUT, UNAVAILABLE
 */
export async function receiveHeartbeat(
  rules: AccessRules,
  writer: Pick<BatchWriter, 'record'>,
  call: HeartbeatCall,
): Promise<HeartbeatAnswer> {
  const serverId = serverIdIn(call.id)
  rules.require(call.caller, 'POST /api/heartbeat/:id', serverId)
  if (serverId === NO_SERVER) throw unknownServer()

  const outcome = await writer.record(serverId, readAgentFacts(call.body), call.arrivedAtMs)
  if (outcome.kind === 'unknown-server') throw unknownServer()
  return {
    status: 'ok',
    server_id: serverId,
    server_name: outcome.name,
    heartbeat_received: true,
    timestamp: new Date(outcome.receivedAt).toISOString(),
  }
}

/**
 * What the body says of the agent.
 *
 * A body that is missing, or no JSON object, says nothing and costs nothing: the original ignores it, and its agents rely
 * on that. A field that can be read but not be stored is refused by name, as in GraphQL: whoever wrote it meant something.
 */
export function readAgentFacts(body: Buffer | undefined): AgentFacts {
  const { agent_version, boot_id, agent_started_at, retries, sent_at } = jsonObjectIn(body)
  return cleanAgentFacts(
    {
      agentVersion: ifOf('string', agent_version, FIELDS.agentVersion),
      bootId: ifOf('string', boot_id, FIELDS.bootId),
      agentStartedAt: instantIn(agent_started_at, FIELDS.agentStartedAt),
      retries: ifOf('number', retries, FIELDS.retries),
      sentAt: instantIn(sent_at, FIELDS.sentAt),
    },
    FIELDS,
  )
}

/** @throws Refusal BAD_USER_INPUT for a value of another type; null counts as none */
function ifOf(type: 'string', value: unknown, field: string): string | undefined
function ifOf(type: 'number', value: unknown, field: string): number | undefined
function ifOf(type: string, value: unknown, field: string): unknown {
  if (value === undefined || value === null) return undefined
  if (typeof value === type) return value
  throw new Refusal('BAD_USER_INPUT', `${field} is not a ${type}.`, { field })
}

/** A time as ISO 8601. */
function instantIn(value: unknown, field: string): number | undefined {
  const text = ifOf('string', value, field)
  return text === undefined ? undefined : Date.parse(text)
}

/** The JSON object in a body; an empty one for anything else. */
export function jsonObjectIn(body: Buffer | undefined): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body?.toString('utf8') || '{}')
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** The server id in an address; the id of no server for anything that is none. */
export function serverIdIn(id: string): ServerId {
  try {
    return parseServerId(id, 'id')
  } catch {
    return NO_SERVER
  }
}

/** The original's words. */
export function unknownServer(): Refusal {
  return new Refusal('SERVER_NOT_FOUND', 'Server not found')
}
