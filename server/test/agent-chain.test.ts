import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { ask, type HubProcess, scratchFolder, startHub } from './support/hub-process.ts'
import { observedSilence } from './support/observed-silence.ts'

const AGENT = fileURLToPath(new URL('../../agent/dist/stacksense-agent.js', import.meta.url))
const PATIENCE = { timeout: 30_000, interval: 50 }

/** The built agent beside the built hub, both as programs of their own. */
async function scene(
  environment: Record<string, string>,
): Promise<{ hub: HubProcess; id: string; agent: ChildProcess }> {
  const hub = await startHub({ STACKSENSE_DATA_DIR: join(scratchFolder(), 'data') })
  const { createServer } = await ask<{ createServer: { server: { id: string }; agentToken: string } }>(
    hub,
    'mutation { createServer(input: { name: "web-1", offlineAfterSeconds: 2 }) { server { id } agentToken } }',
  )
  const agent = spawn(process.execPath, [AGENT], {
    env: {
      PATH: process.env.PATH,
      STACKSENSE_SERVER_ID: createServer.server.id,
      STACKSENSE_API_URL: hub.url,
      STACKSENSE_TOKEN: createServer.agentToken,
      STACKSENSE_INTERVAL: '1',
      ...environment,
    },
    stdio: 'ignore',
  })
  const exited = once(agent, 'exit')
  onTestFinished(async () => {
    agent.kill('SIGKILL')
    await exited
  })
  return { hub, id: createServer.server.id, agent }
}

async function statusOf(hub: HubProcess, id: string): Promise<string> {
  const { server } = await ask<{ server: { status: string; statusReason: string } }>(
    hub,
    'query ($id: ID!) { server(id: $id) { status statusReason } }',
    { id },
  )
  return `${server.status}/${server.statusReason}`
}

/** The numbers of the processes that the hub was told of. */
async function busyProcesses(hub: HubProcess, id: string): Promise<number[]> {
  const { server } = await ask<{ server: { topProcesses: { processes: { pid: number }[] } | null } }>(
    hub,
    'query ($id: ID!) { server(id: $id) { topProcesses { processes { pid } } } }',
    { id },
  )
  return (server.topProcesses?.processes ?? []).map(({ pid }) => pid)
}

/** Keeps every core busy until it is ended, by processes that take their time from nobody: the load counts all the same. */
function burnCpu(): { pids: (number | undefined)[]; end: () => Promise<void> } {
  const script = 'require("node:os").setPriority(19); for (;;);'
  const children = cpus().map(() => spawn(process.execPath, ['-e', script], { stdio: 'ignore' }))
  const exited = children.map((child) => once(child, 'exit'))
  return {
    pids: children.map((child) => child.pid),
    end: async () => {
      for (const child of children) child.kill('SIGKILL')
      await Promise.all(exited)
    },
  }
}

test('an agent that is stopped goes OFFLINE at its limit and comes back when it goes on; killed, it stays OFFLINE', async () => {
  const { hub, id, agent } = await scene({ STACKSENSE_METRICS_INTERVAL: '0' })
  await expect.poll(() => statusOf(hub, id), PATIENCE).toBe('ONLINE/HEALTHY')
  agent.kill('SIGSTOP')
  await expect.poll(() => statusOf(hub, id), PATIENCE).toBe('OFFLINE/HEARTBEAT_EXPIRED')
  agent.kill('SIGCONT')
  await expect.poll(() => statusOf(hub, id), PATIENCE).toBe('ONLINE/HEALTHY')
  agent.kill('SIGKILL')
  await expect.poll(() => statusOf(hub, id), PATIENCE).toBe('OFFLINE/HEARTBEAT_EXPIRED')

  const { statusEvents, observationGaps } = await ask<{
    statusEvents: { nodes: { to: string; at: string; detectedAt: string; lastHeartbeatAt: string }[] }
    observationGaps: { from: string; until: string }[]
  }>(
    hub,
    `{ statusEvents(first: 100) { nodes { to at detectedAt lastHeartbeatAt } }
       observationGaps { from until } }`,
  )
  // On a machine so busy that the agent is not let run for two seconds, it is OFFLINE for that as well.
  const events = statusEvents.nodes
  expect(events.map((event) => event.to)).toEqual(events.map((_, i) => (i % 2 === 0 ? 'ONLINE' : 'OFFLINE')))
  expect(events.length).toBeGreaterThanOrEqual(4)
  for (const event of events.filter(({ to }) => to === 'OFFLINE')) {
    expect(observedSilence(event, observationGaps)).toBeCloseTo(2_000, -1)
  }
}, 120_000)

test('real CPU load makes the server WARNING, and its end ONLINE again', async () => {
  const { hub, id } = await scene({ STACKSENSE_METRICS_INTERVAL: '1', STACKSENSE_TOP_PROCESSES: '10' })
  await ask(hub, 'mutation ($id: ID!) { updateServer(id: $id, input: { offlineAfterSeconds: 60 }) { id } }', { id })
  const load = burnCpu()
  onTestFinished(load.end)
  await expect.poll(() => statusOf(hub, id), PATIENCE).toBe('WARNING/ACTIVE_ALERTS')
  const { server } = await ask<{ server: { activeAlerts: { key: string; message: string }[] } }>(
    hub,
    'query ($id: ID!) { server(id: $id) { activeAlerts { key message } } }',
    { id },
  )
  expect(server.activeAlerts.find((alert) => alert.key === 'threshold:cpu')?.message).toMatch(/^CPU .+limit 80/)

  const ofLoad = async () => (await busyProcesses(hub, id)).filter((pid) => load.pids.includes(pid))
  await expect.poll(ofLoad, PATIENCE).not.toEqual([])

  await load.end()
  // Whatever else runs on this machine must not keep the alert open.
  await ask(
    hub,
    'mutation ($id: ID!) { updateServer(id: $id, input: { alertLimits: { cpuPercent: 100, memoryPercent: 100, diskPercent: 100 } }) { id } }',
    { id },
  )
  await expect
    .poll(
      () =>
        ask<{ server: { activeAlerts: unknown[] } }>(
          hub,
          'query ($id: ID!) { server(id: $id) { activeAlerts { key } } }',
          { id },
        ).then((it) => it.server.activeAlerts),
      PATIENCE,
    )
    .toEqual([])
}, 90_000)
