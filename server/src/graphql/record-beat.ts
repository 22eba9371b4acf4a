import type { AgentFacts, ServerId } from '../core/types.ts'
import { Refusal } from '../errors.ts'
import { type AgentInput, cleanAgentFacts, parseServerId } from '../ingest/entries.ts'
import type { GraphQLContext, Services } from './context.ts'
import { codeOf } from './format-error.ts'
import type { HeartbeatReceipt, HeartbeatResultType } from './heartbeat.type.ts'

/** An entry of a relay's. */
export interface BeatEntry extends AgentInput {
  readonly serverId: string
}

/** The most entries of one call: what the writer puts into one statement. */
export const MAX_ENTRIES = 2_000

/** Records one heartbeat. @throws Refusal SERVER_NOT_FOUND, UNAVAILABLE */
export async function recordBeat(
  { writer }: Pick<Services, 'writer'>,
  serverId: ServerId,
  agent: AgentFacts,
  arrivedAtMs: number,
): Promise<HeartbeatReceipt> {
  const outcome = await writer.record(serverId, agent, arrivedAtMs)
  if (outcome.kind === 'unknown-server') throw new Refusal('SERVER_NOT_FOUND', 'No server has this id.')
  return { serverId, name: outcome.name, receivedAt: outcome.receivedAt }
}

/** One bad entry costs its neighbours nothing: whatever is wrong with it becomes its own code. */
export async function recordEntry(
  {
    services,
    caller,
    arrivedAtMs,
  }: Pick<GraphQLContext, 'caller' | 'arrivedAtMs'> & { services: Pick<Services, 'writer' | 'access' | 'log'> },
  entry: BeatEntry,
): Promise<HeartbeatResultType> {
  try {
    const id = parseServerId(entry.serverId, 'serverId')
    services.access.require(caller, 'Mutation.recordHeartbeats', id)
    const receipt = await recordBeat(services, id, cleanAgentFacts(entry), arrivedAtMs)
    return { serverId: entry.serverId, receipt, errorCode: null }
  } catch (error) {
    return { serverId: entry.serverId, receipt: null, errorCode: codeOf(error, services.log) }
  }
}
