import { onTestFinished } from 'vitest'
import { ask, type HubProcess } from '../../server/test/support/hub-process.ts'

const SERVERS = 50
const BEAT_MS = 500

/** Names as people give them: what they do, where they stand, and a number. */
const ROLES = ['web', 'db', 'cache', 'queue', 'edge']
const PLACES = ['ams', 'fra', 'nyc', 'sin']

export interface SmallFleet {
  /** Ids by name. */
  readonly ids: ReadonlyMap<string, string>
  /** From now on nothing more is heard of this server. */
  silence(name: string): void
  resume(name: string): void
}

/** Fifty servers that beat through a relay, with a limit of 3 s; ended with the test. */
export async function startSmallFleet(hub: HubProcess): Promise<SmallFleet> {
  const ids = await createServers(hub)
  const silent = new Set<string>()
  const beat = () =>
    ask(hub, 'mutation ($input: [HeartbeatInput!]!) { recordHeartbeats(input: $input) { errorCode } }', {
      input: [...ids].filter(([name]) => !silent.has(name)).map(([, id]) => ({ serverId: id, agentVersion: '0.1.0' })),
    }).catch(() => undefined) // the test may have stopped the hub
  await beat()
  const timer = setInterval(beat, BEAT_MS)
  onTestFinished(() => clearInterval(timer))
  return { ids, silence: (name) => silent.add(name), resume: (name) => silent.delete(name) }
}

async function createServers(hub: HubProcess): Promise<Map<string, string>> {
  const names = Array.from({ length: SERVERS }, (_, i) => {
    const role = ROLES[i % ROLES.length]
    const place = PLACES[Math.floor(i / ROLES.length) % PLACES.length]
    return { role, place, name: `${role}-${place}-${String(Math.floor(i / 20) + 1).padStart(2, '0')}` }
  })
  const fields = names.map(
    ({ name, role, place }, i) =>
      `s${i}: createServer(input: { name: "${name}", tags: ["prod", "${role}", "${place}"], offlineAfterSeconds: 3 }) { server { id } }`,
  )
  const created = await ask<Record<string, { server: { id: string } }>>(hub, `mutation { ${fields.join('\n')} }`)
  return new Map(names.map(({ name }, i) => [name, created[`s${i}`]?.server.id ?? '']))
}
