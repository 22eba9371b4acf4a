import { cleanAgentFacts, parseServerId } from '../ingest/entries.ts'
import type { Services } from './context.ts'
import { DateTime } from './date-time.ts'
import {
  agentInputIn,
  type KnownCall,
  KnownOperation,
  type KnownRequest,
  type OperationAnswer,
} from './known-operation.ts'
import { recordBeat } from './record-beat.ts'

/** The agent's heartbeat, word for word: `agent/src/operations.ts`, which a test compares. Newest first. */
export const AGENT_TEXTS = [
  'mutation RecordHeartbeat($serverId: ID!, $agentVersion: String, $bootId: String, $agentStartedAt: DateTime, $retries: Int, $sentAt: DateTime) { recordHeartbeat(serverId: $serverId, agentVersion: $agentVersion, bootId: $bootId, agentStartedAt: $agentStartedAt, retries: $retries, sentAt: $sentAt) { receivedAt } }',
  'mutation RecordHeartbeat($serverId: ID!, $agentVersion: String, $bootId: String, $agentStartedAt: DateTime) { recordHeartbeat(serverId: $serverId, agentVersion: $agentVersion, bootId: $bootId, agentStartedAt: $agentStartedAt) { receivedAt } }',
] as const

const OPERATION = new KnownOperation(AGENT_TEXTS)

/**
 * Answers the agent's own heartbeat.
 *
 * Only for the agent's own server and with sound variables. For all else it answers undefined, before anything was
 * recorded: whoever wrote that is told by Apollo what is wrong with it.
 */
export function answerAgentOperation(
  services: Pick<Services, 'writer' | 'access' | 'log'>,
  { caller, body, arrivedAtMs }: KnownRequest,
): Promise<OperationAnswer> | undefined {
  const call = OPERATION.read(body)
  const beat = call && readBeat(call.variables)
  if (!beat || caller.kind !== 'agent' || caller.serverId !== beat.serverId) return undefined
  services.access.require(caller, 'Mutation.recordHeartbeat', beat.serverId)

  return recordBeat(services, beat.serverId, beat.agent, arrivedAtMs).then(
    ({ receivedAt }) => OPERATION.succeeded(`{"receivedAt":"${DateTime.serialize(receivedAt)}"}`),
    (error: unknown) => OPERATION.failed(call, error, services.log),
  )
}

function readBeat(variables: KnownCall['variables']) {
  if (typeof variables.serverId !== 'string') return undefined
  try {
    const agent = cleanAgentFacts(agentInputIn(variables))
    return { serverId: parseServerId(variables.serverId, 'serverId'), agent }
  } catch {
    return undefined
  }
}
