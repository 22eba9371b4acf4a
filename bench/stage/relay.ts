import type { FleetServer } from './fleet.ts'
import type { Hub } from './hub.ts'

/** Entries of one call: what the hub writes in one statement. */
const MAX_ENTRIES = 1_000

const MUTATION = `mutation ($input: [HeartbeatInput!]!) { recordHeartbeats(input: $input) { errorCode } }`

/** Reports a heartbeat of each of these servers, as a relay does; resolves when all are stored. */
export async function reportAll(hub: Hub, servers: readonly FleetServer[]): Promise<void> {
  const calls = []
  for (let i = 0; i < servers.length; i += MAX_ENTRIES) {
    const input = servers.slice(i, i + MAX_ENTRIES).map(({ id }) => ({ serverId: String(id) }))
    calls.push(ask<{ recordHeartbeats: { errorCode: string | null }[] }>(hub, MUTATION, { input }))
  }
  for (const { recordHeartbeats } of await Promise.all(calls)) {
    const refused = recordHeartbeats.find(({ errorCode }) => errorCode !== null)
    if (refused) throw new Error(`A heartbeat was refused: ${refused.errorCode}`)
  }
}

/** Keeps a fleet alive: each server is reported every `everySeconds`, the fleet spread over that time. */
export function keepAlive(hub: Hub, servers: readonly FleetServer[], everySeconds: number) {
  const STEPS_A_SECOND = 4
  const atOnce = Math.ceil(servers.length / (everySeconds * STEPS_A_SECOND))
  let next = 0
  let failure: unknown
  let running: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    const some = servers.slice(next, next + atOnce)
    next = next + atOnce >= servers.length ? 0 : next + atOnce
    running = reportAll(hub, some).catch((error: unknown) => {
      failure ??= error
    })
  }, 1_000 / STEPS_A_SECOND)
  return {
    /** @throws what went wrong meanwhile */
    stop: async () => {
      clearInterval(timer)
      await running
      if (failure) throw failure
    },
  }
}

/** Asks the hub's API as admin. @throws Error with what it answered where it refuses */
export async function ask<T>(hub: Hub, query: string, variables: object = {}): Promise<T> {
  const response = await fetch(`${hub.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${hub.token}` },
    body: JSON.stringify({ query, variables }),
  })
  const { data, errors } = (await response.json()) as { data: T; errors?: unknown[] }
  if (errors) throw new Error(JSON.stringify(errors))
  return data
}
