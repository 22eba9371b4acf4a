import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ADMIN_TOKEN, ask, type HubProcess, scratchFolder, startHub } from './support/hub-process.ts'

interface Created {
  readonly createServer: { readonly server: { readonly id: string }; readonly agentToken: string }
}

async function scene(): Promise<{ hub: HubProcess; id: string; token: string }> {
  const hub = await startHub({ STACKSENSE_DATA_DIR: join(scratchFolder(), 'data') })
  const { createServer } = await ask<Created>(
    hub,
    'mutation { createServer(input: { name: "web-1" }) { server { id } agentToken } }',
  )
  return { hub, id: createServer.server.id, token: createServer.agentToken }
}

function post(hub: HubProcess, path: string, token: string, body: unknown): Promise<Response> {
  return fetch(`${hub.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
}

const RECORD =
  'mutation ($id: ID!, $input: MetricSampleInput!) { recordMetrics(serverId: $id, input: $input) { recordedAt } }'
const STATUS = `query ($id: ID!) { server(id: $id) {
  status statusReason alertLimits { cpuPercent memoryPercent diskPercent }
  activeAlerts { key message value threshold } latestMetrics { cpuPercent disks { mount usedPercent } } } }`

test('CPU load that an agent reports makes its server WARNING, with the reason, and ONLINE when it is over', async () => {
  const { hub, id, token } = await scene()
  await post(hub, `/api/heartbeat/${id}/`, token, {})
  for (const cpuPercent of [97, 98]) await ask(hub, RECORD, { id, input: { cpuPercent } }, token)
  const disks = [{ mount: '/', used_percent: 12.5, used_bytes: 1, total_bytes: 8 }]
  expect((await post(hub, `/api/metrics/${id}/`, token, { cpu_percent: 99, disks })).status).toBe(200)

  expect((await ask<{ server: object }>(hub, STATUS, { id })).server).toEqual({
    status: 'WARNING',
    statusReason: 'ACTIVE_ALERTS',
    alertLimits: { cpuPercent: 80, memoryPercent: 90, diskPercent: 90 },
    activeAlerts: [{ key: 'threshold:cpu', message: 'CPU 99\u00a0%, limit 80\u00a0%.', value: 99, threshold: 80 }],
    latestMetrics: { cpuPercent: 99, disks: [{ mount: '/', usedPercent: 12.5 }] },
  })

  await post(hub, `/api/metrics/${id}`, token, { cpuPercent: 3 })
  expect((await ask<{ server: object }>(hub, STATUS, { id })).server).toMatchObject({
    status: 'ONLINE',
    activeAlerts: [],
  })
})

test("a server's own limits count, availability is given, and the series holds what was recorded", async () => {
  const { hub, id, token } = await scene()
  await post(hub, `/api/heartbeat/${id}/`, token, {})
  await ask(hub, 'mutation ($id: ID!) { updateServer(id: $id, input: { alertLimits: { cpuPercent: 100 } }) { id } }', {
    id,
  })
  for (const cpuPercent of [99, 99, 99]) await ask(hub, RECORD, { id, input: { cpuPercent } }, token)
  const answer = await ask<{
    server: { status: string; availability: { percent: number } }
    metrics: { points: { cpuPercent: number }[] }
  }>(
    hub,
    `query ($id: ID!, $from: DateTime!) {
      server(id: $id) { status availability(from: $from) { percent aliveSeconds notCountedSeconds } }
      metrics(serverId: $id) { points { at cpuPercent } } }`,
    { id, from: new Date(Date.now() - 60_000).toISOString() },
  )
  expect(answer.server).toMatchObject({ status: 'ONLINE', availability: { percent: 100 } })
  expect(new Set(answer.metrics.points.map((point) => point.cpuPercent))).toEqual(new Set([99]))
})

const REFUSED: readonly [string, string, unknown][] = [
  ['no JSON', '', 'cpu=3'],
  ['an empty list', 'samples', []],
  ['a list of something else', '', [1]],
  ['a word for a figure', 'cpuPercent', { cpu_percent: 'high' }],
  ['more than all of it', 'memoryPercent', { memoryPercent: 180 }],
  ['a negative rate', 'networkRxBytesPerSecond', { network_rx_bytes_per_second: -1 }],
  [
    'a NUL byte in a mount',
    'disks.0.mount',
    { disks: [{ mount: '/\0', usedPercent: 1, usedBytes: 1, totalBytes: 1 }] },
  ],
  ['too many disks', 'disks', { disks: Array(101).fill({}) }],
  ['a process without a number', 'topProcesses.0.pid', { top_processes: [{ name: 'nginx' }] }],
]

test('what is no sample is refused by the name of its field', async () => {
  const { hub, id, token } = await scene()
  const answers = REFUSED.map(async ([what, , body]) => {
    const response = await post(hub, `/api/metrics/${id}/`, token, body)
    return [what, response.status, ((await response.json()) as { field?: string }).field ?? '']
  })
  expect(await Promise.all(answers)).toEqual(REFUSED.map(([what, field]) => [what, 400, field]))
})

test('a body of nothing but brackets is no sample, and no trouble of ours', async () => {
  const { hub, id, token } = await scene()
  const response = await fetch(`${hub.url}/api/metrics/${id}/`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: '['.repeat(30_000) + ']'.repeat(30_000),
  })
  expect([response.status, await response.json()]).toMatchObject([400, { code: 'BAD_USER_INPUT' }])
})

test('another server, an unknown one, and nobody: 403, 404, 401', async () => {
  const { hub, id, token } = await scene()
  const answers = [
    await post(hub, `/api/metrics/${Number(id) + 1}/`, token, {}),
    await post(hub, `/api/metrics/${Number(id) + 1}/`, ADMIN_TOKEN, {}),
    await post(hub, `/api/metrics/${id}/`, 'ssa_nobody', {}),
  ]
  expect(answers.map((answer) => answer.status)).toEqual([403, 404, 401])
})

const TOP = 'query ($id: ID!) { server(id: $id) { topProcesses { at processes { pid name cpuPercent memoryBytes } } } }'
type Top = { server: { topProcesses: { at: string; processes: object[] } | null } }

test("the newest list of a server's processes is kept, by either protocol, and an older one does not replace it", async () => {
  const { hub, id, token } = await scene()
  const top = async () => (await ask<Top>(hub, TOP, { id })).server.topProcesses
  await ask(hub, RECORD, { id, input: { cpuPercent: 1, topProcesses: [] } }, token)
  expect(await top()).toBeNull()

  const nginx = { pid: 7, name: 'nginx', cpuPercent: 1.5, memoryBytes: 4_096 }
  await ask(hub, RECORD, { id, input: { cpuPercent: 1, topProcesses: [nginx] } }, token)
  expect((await top())?.processes).toEqual([nginx])

  const top_processes = [{ pid: 8, name: 'back\nup', cpu_percent: 90, memory_bytes: 1e9 }]
  await post(hub, `/api/metrics/${id}/`, token, { cpu_percent: 91, top_processes })
  const newest = await top()
  expect(newest?.processes).toEqual([{ pid: 8, name: 'back\ufffdup', cpuPercent: 90, memoryBytes: 1e9 }])

  await ask(hub, RECORD, { id, input: { ageSeconds: 60, cpuPercent: 1, topProcesses: [nginx] } }, token)
  await ask(hub, RECORD, { id, input: { cpuPercent: 2 } }, token)
  expect(await top()).toEqual(newest)
})

test('a sample that reaches a hub which is stopped counts from when it was measured, not from when the hub goes on', async () => {
  const { hub, id, token } = await scene()
  const record = async (uptimeSeconds: number) => {
    const { recordMetrics } = await ask<{ recordMetrics: { recordedAt: string } }>(
      hub,
      RECORD,
      { id, input: { cpuPercent: 1, uptimeSeconds } },
      token,
    )
    return Date.parse(recordMetrics.recordedAt)
  }
  await record(100)
  const sentAtMs = performance.now()
  const first = await record(500)
  hub.process.kill('SIGSTOP')
  const elapsedMs = performance.now() - sentAtMs
  const second = record(500 + elapsedMs / 1_000)
  await new Promise((resolve) => setTimeout(resolve, 3_000))
  hub.process.kill('SIGCONT')
  expect((await second) - first).toBeLessThanOrEqual(Math.ceil(elapsedMs) + 1)
})
