import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ask, type HubProcess, scratchFolder, startHub } from './support/hub-process.ts'
import { freshDatabase } from './support/hub-scene.ts'
import { observedSilence } from './support/observed-silence.ts'
import { urlOf } from './support/test-database.ts'

const CRASHES = 10
const SERVERS = 20
const BEATS_BEFORE_CRASH = 60
const LIMIT_SECONDS = 2
const PATIENCE = { interval: 100, timeout: 25_000 }

interface Agent {
  readonly id: string
  readonly token: string
}

/** Ten times: heartbeats in flight, kill -9, start again. Judged by what was acknowledged. */
async function crashAgainAndAgain(environment: Record<string, string>): Promise<void> {
  let hub = await startHub(environment)
  const agents = await createAgents(hub, SERVERS)
  const acknowledged = new Map<string, number>()

  for (let crash = 0; crash < CRASHES; crash++) {
    await beatUntilKilled(hub, agents, acknowledged)
    hub = await startHub(environment)
    const stored = await lastHeartbeats(hub)
    for (const { id } of agents)
      expect(stored.get(id), `server ${id}`).toBeGreaterThanOrEqual(acknowledged.get(id) ?? 0)
  }
  const alive = async () => (await fleetOf(hub)).filter((server) => server.status !== 'OFFLINE')
  await expect.poll(alive, PATIENCE).toEqual([]) // nobody beats any more
  await expectTrueDeathsOnly(hub, agents)
  await hub.kill('SIGTERM')
}

test('kill -9 during ingest, ten times, loses nothing that was acknowledged: embedded database', async () => {
  await crashAgainAndAgain({ STACKSENSE_DATA_DIR: join(scratchFolder(), 'data') })
}, 600_000)

test('kill -9 during ingest, ten times, loses nothing that was acknowledged: PostgreSQL by DATABASE_URL', async () => {
  const database = await freshDatabase()
  await crashAgainAndAgain({ DATABASE_URL: urlOf(database), STACKSENSE_DATA_DIR: scratchFolder() })
}, 600_000)

async function createAgents(hub: HubProcess, count: number): Promise<Agent[]> {
  const agents: Agent[] = []
  for (let i = 0; i < count; i++) {
    const { createServer } = await ask<{ createServer: { server: { id: string }; agentToken: string } }>(
      hub,
      `mutation ($name: String!) { createServer(input: { name: $name, offlineAfterSeconds: ${LIMIT_SECONDS} }) { server { id } agentToken } }`,
      { name: `crash-${i}` },
    )
    agents.push({ id: createServer.server.id, token: createServer.agentToken })
  }
  return agents
}

/** Of the silence that a hub heard, one each at the end; before, where a slow machine let an agent be silent for too long. */
async function expectTrueDeathsOnly(hub: HubProcess, agents: readonly Agent[]): Promise<void> {
  const { statusEvents, observationGaps } = await ask<{
    statusEvents: {
      nodes: { server: { id: string }; to: string; at: string; detectedAt: string; lastHeartbeatAt: string }[]
    }
    observationGaps: { from: string; until: string }[]
  }>(
    hub,
    `{ statusEvents(first: 1000) { nodes { server { id } to at detectedAt lastHeartbeatAt } }
       observationGaps { from until } }`,
  )
  for (const { id } of agents) {
    const events = statusEvents.nodes.filter((event) => event.server.id === id)
    expect(events.map((event) => event.to)).toEqual(events.map((_, i) => (i % 2 === 0 ? 'ONLINE' : 'OFFLINE')))
    for (const event of events.filter(({ to }) => to === 'OFFLINE')) {
      expect(observedSilence(event, observationGaps)).toBeCloseTo(LIMIT_SECONDS * 1_000, -1)
    }
  }
}

/** Every agent beats as fast as it is answered; in the middle of it the hub is killed. */
async function beatUntilKilled(
  hub: HubProcess,
  agents: readonly Agent[],
  acknowledged: Map<string, number>,
): Promise<void> {
  let beats = 0
  let killed: Promise<void> | undefined
  await Promise.all(
    agents.map(async ({ id, token }) => {
      while (!killed || beats < BEATS_BEFORE_CRASH) {
        try {
          const response = await fetch(`${hub.url}/api/heartbeat/${id}/`, {
            method: 'POST',
            headers: { authorization: `Bearer ${token}` },
          })
          const { timestamp } = (await response.json()) as { timestamp: string }
          acknowledged.set(id, Date.parse(timestamp))
          if (++beats === BEATS_BEFORE_CRASH) killed = hub.kill('SIGKILL')
        } catch {
          return // the connection broke: nothing was acknowledged
        }
      }
    }),
  )
  await killed
}

async function lastHeartbeats(hub: HubProcess): Promise<Map<string, number>> {
  return new Map((await fleetOf(hub)).map((server) => [server.id, Date.parse(server.heartbeat.lastHeartbeatAt)]))
}

async function fleetOf(hub: HubProcess) {
  const { fleet } = await ask<{
    fleet: { servers: { id: string; status: string; heartbeat: { lastHeartbeatAt: string } }[] }
  }>(hub, '{ fleet { servers { id status heartbeat { lastHeartbeatAt } } } }')
  return fleet.servers
}
