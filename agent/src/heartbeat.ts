import type { Protocol } from './config.ts'
import type { Host } from './host.ts'
import { type Call, isObject } from './hub-call.ts'
import { RECORD_HEARTBEAT } from './operations.ts'
import { VERSION } from './version.ts'

/** What a heartbeat says besides whose it is: enough to tell a reboot and a restarted agent from a silence. */
export interface AgentIdentity {
  /** Of this boot of the machine; undefined where the system has none. */
  readonly bootId: string | undefined
  /** By the machine's clock, in ISO 8601, taken once. */
  readonly agentStartedAt: string
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

/** The request that is one heartbeat. */
export function heartbeatCall(serverId: number, identity: AgentIdentity, protocol: Protocol): Call {
  return protocol === 'rest' ? restHeartbeat(serverId) : graphqlHeartbeat(serverId, identity)
}

function graphqlHeartbeat(serverId: number, identity: AgentIdentity): Call {
  return {
    path: '/graphql',
    body: {
      operationName: 'RecordHeartbeat',
      query: RECORD_HEARTBEAT,
      variables: { serverId: String(serverId), agentVersion: VERSION, ...identity },
    },
    accepted: (answer) => isObject(answer) && isObject(answer.data) && isObject(answer.data.recordHeartbeat),
  }
}

/** The original's agents' call. It knows the version only. */
function restHeartbeat(serverId: number): Call {
  return {
    path: `/api/heartbeat/${serverId}/`,
    body: { agent_version: VERSION },
    accepted: (answer) => isObject(answer) && answer.status === 'ok',
  }
}
