import { RECORD_HEARTBEAT } from '../../agent/src/operations.ts'
import { RECORD_HEARTBEATS } from '../../server/src/graphql/relay-operation.ts'
import type { FleetServer } from './fleet.ts'
import { type Load, requestBytes, runLoad } from './load.ts'

/** A fleet's heartbeats, ready to be sent again and again. */
export type Beats = Pick<Load, 'next' | 'accepts'>

/** As the original's agents send them. */
export function restBeats(fleet: readonly FleetServer[]): Beats {
  const requests = fleet.map(({ id, token }) =>
    requestBytes(`/api/heartbeat/${id}/`, token, '{"agent_version":"1.0.0"}'),
  )
  return { next: inTurn(requests), accepts: '"heartbeat_received":true' }
}

const BOOT_ID = '0b8a7f5e-6a55-4a55-9d3c-2f6f8c0c9a11'

/** As our agent sends them by GraphQL. */
export function graphqlBeats(fleet: readonly FleetServer[]): Beats {
  const requests = fleet.map(({ id, token }) => {
    const variables = {
      serverId: String(id),
      agentVersion: '1.0.0',
      bootId: BOOT_ID,
      agentStartedAt: '2026-01-31T12:00:00.000Z',
    }
    const body = JSON.stringify({ operationName: 'RecordHeartbeat', query: RECORD_HEARTBEAT, variables })
    return requestBytes('/graphql', token, body)
  })
  return { next: inTurn(requests), accepts: '"recordHeartbeat":{"receivedAt"' }
}

/** So many heartbeats a request, by a relay with this token. */
export function relayBeats(fleet: readonly FleetServer[], token: string, size: number): Beats {
  const requests: Buffer[] = []
  for (let from = 0; from + size <= fleet.length; from += size) {
    const input = fleet.slice(from, from + size).map(({ id }) => ({ serverId: String(id), agentVersion: '1.0.0' }))
    requests.push(requestBytes('/graphql', token, JSON.stringify({ query: RECORD_HEARTBEATS, variables: { input } })))
  }
  return { next: inTurn(requests), accepts: '"errorCode":null}]}}' }
}

/** Every token is known to the hub before anything is measured, as it is half a minute after a start. */
export async function prime(url: string, fleet: readonly FleetServer[]): Promise<void> {
  const load = { ...restBeats(fleet), url, connections: 200, warmUpMs: 0, measureMs: 500 }
  let answers = 0
  while (answers < fleet.length) answers += (await runLoad(load)).answers
}

function inTurn(requests: readonly Buffer[]): () => Buffer {
  let sent = 0
  return () => requests[sent++ % requests.length] as Buffer
}
