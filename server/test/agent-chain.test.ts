import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { expect, onTestFinished, test } from 'vitest'
import { ask, type HubProcess, scratchFolder, startHub } from './support/hub-process.ts'

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

/** Keeps every core busy until it is ended. */
function burnCpu(): () => Promise<void> {
  const workers = Array.from({ length: 4 }, () => new Worker('for (;;);', { eval: true }))
  return async () => {
    await Promise.all(workers.map((worker) => worker.terminate()))
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

  const { statusEvents } = await ask<{
    statusEvents: { nodes: { to: string; at: string; lastHeartbeatAt: string }[] }
  }>(hub, '{ statusEvents(first: 100) { nodes { to at lastHeartbeatAt } } }')
  expect(statusEvents.nodes.map((event) => event.to)).toEqual(['ONLINE', 'OFFLINE', 'ONLINE', 'OFFLINE'])
  for (const { at, lastHeartbeatAt } of statusEvents.nodes.filter((event) => event.to === 'OFFLINE')) {
    expect(Date.parse(at) - Date.parse(lastHeartbeatAt)).toBe(2_000)
  }
})

test('real CPU load makes the server WARNING, and its end ONLINE again', async () => {
  const { hub, id } = await scene({ STACKSENSE_METRICS_INTERVAL: '1', STACKSENSE_TOP_PROCESSES: '10' })
  await ask(hub, 'mutation ($id: ID!) { updateServer(id: $id, input: { offlineAfterSeconds: 60 }) { id } }', { id })
  const endLoad = burnCpu()
  onTestFinished(endLoad)
  await expect.poll(() => statusOf(hub, id), PATIENCE).toBe('WARNING/ACTIVE_ALERTS')
  const { server } = await ask<{ server: { activeAlerts: { key: string; message: string }[] } }>(
    hub,
    'query ($id: ID!) { server(id: $id) { activeAlerts { key message } } }',
    { id },
  )
  expect(server.activeAlerts.find((alert) => alert.key === 'threshold:cpu')?.message).toMatch(/^CPU .+limit 80/)

  await expect.poll(() => busyProcesses(hub, id), PATIENCE).toContain(process.pid)

  await endLoad()
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
