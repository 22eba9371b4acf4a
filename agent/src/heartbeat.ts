import type { Protocol } from './config.ts'
import type { Host } from './host.ts'
import { type Call, isObject } from './hub-call.ts'
import { RECORD_HEARTBEAT } from './operations.ts'
import { VERSION } from './version.ts'

/** What a heartbeat says besides whose it is: enough to tell a reboot and a restarted agent from a silence. */
export interface AgentIdentity {
  /** Of this boot of the machine; undefined where the system has none. */
  readonly bootId: string | undefined
  /** By the machine's clock, in ISO 8601, taken once; undefined for a single beat, which is no agent's start. */
  readonly agentStartedAt: string | undefined
}

const BOOT_ID_FILE = '/proc/sys/kernel/random/boot_id'

export function readIdentity(host: Host): AgentIdentity {
  const file = host.readTextFile(BOOT_ID_FILE)
  const bootId = file.kind === 'text' ? file.text.trim() : ''
  return {
    bootId: /^[0-9a-f-]{36}$/.test(bootId) ? bootId : undefined,
    agentStartedAt: new Date(host.wallClockMs()).toISOString(),
  }
}

/** What one attempt says besides: how well the way to the hub is, and whether this machine's clock is right. */
export interface Attempt {
  /** How many attempts of this heartbeat have failed. */
  readonly retries: number
  /** By the machine's clock. */
  readonly sentAtMs: number
}

/** The request that is one heartbeat. */
export function heartbeatCall(serverId: number, identity: AgentIdentity, attempt: Attempt, protocol: Protocol): Call {
  return (protocol === 'rest' ? restHeartbeat : graphqlHeartbeat)(serverId, identity, attempt)
}

function graphqlHeartbeat(serverId: number, identity: AgentIdentity, { retries, sentAtMs }: Attempt): Call {
  return {
    path: '/graphql',
    body: {
      operationName: 'RecordHeartbeat',
      query: RECORD_HEARTBEAT,
      variables: {
        serverId: String(serverId),
        agentVersion: VERSION,
        ...identity,
        retries,
        sentAt: new Date(sentAtMs).toISOString(),
      },
    },
    accepted: (answer) => isObject(answer) && isObject(answer.data) && isObject(answer.data.recordHeartbeat),
  }
}

/** The original's agents' call, in which they know the version only. */
function restHeartbeat(serverId: number, identity: AgentIdentity, { retries, sentAtMs }: Attempt): Call {
  return {
    path: `/api/heartbeat/${serverId}/`,
    body: {
      agent_version: VERSION,
      boot_id: identity.bootId,
      agent_started_at: identity.agentStartedAt,
      retries,
      sent_at: new Date(sentAtMs).toISOString(),
    },
    accepted: (answer) => isObject(answer) && answer.status === 'ok',
  }
}
