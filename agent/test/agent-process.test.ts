import { spawn } from 'node:child_process'
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { describe, expect, test } from 'vitest'
import { AgentProcess, accept, bundle, environment, Hub, until } from './agent-process.ts'

/** Less than any time-out; generous to a busy machine. */
const PROMPTLY_MS = 2_000

function config(content: object): { path: string; [Symbol.dispose](): void } {
  const folder = mkdtempSync(join(tmpdir(), 'stacksense-config-'))
  const path = join(folder, 'agent.json')
  writeFileSync(path, JSON.stringify(content), { mode: 0o600 })
  return { path, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) }
}

describe('the agent as a process', () => {
  test('beats once a second with its token, and says so once', async () => {
    const hub = await new Hub().start()
    const agent = new AgentProcess([], environment(hub.url))
    await until(() => hub.beats.length === 5)

    expect(hub.beats[0]).toMatchObject({
      url: '/graphql',
      authorization: 'Bearer ssa_secret',
      body: { operationName: 'RecordHeartbeat', variables: { serverId: '12', agentVersion: '0.1.0' } },
    })
    for (const gap of hub.gapsMs.slice(1)) expect(Math.abs(gap - 1_000)).toBeLessThan(700)
    expect(agent.lines).toEqual([
      `stacksense-agent 0.1.0: server 12, a heartbeat every 1 s to ${hub.url}.`,
      `Heartbeats of server 12 are delivered to ${hub.url}.`,
    ])
  })

  test('reads a file, takes the token from the address, speaks REST', async () => {
    const hub = await new Hub().start()
    const api_url = hub.url.replace('http://', 'http://agent:ssa_other@')
    using file = config({ server_id: 7, api_url, interval: 1, protocol: 'rest', metrics_interval: 0 })
    new AgentProcess(['--config', file.path], {})
    await until(() => hub.beats.length === 2)
    expect(hub.beats[1]).toMatchObject({
      url: '/api/heartbeat/7/',
      authorization: 'Bearer ssa_other',
      body: { agent_version: '0.1.0' },
    })
  })

  test.each(['SIGTERM', 'SIGINT'] as const)('ends at once and with 0 on %s between two beats', async (signal) => {
    const hub = await new Hub().start()
    const agent = new AgentProcess([], environment(hub.url))
    await until(() => agent.lines.length === 2)
    const askedAt = performance.now()
    agent.kill(signal)
    expect((await agent.ended).code).toBe(0)
    expect(performance.now() - askedAt).toBeLessThan(PROMPTLY_MS)
    expect(agent.lines.at(-1)).toBe(`Stopped by ${signal}.`)
  })

  test('ends at once and with 0 in the middle of a request', async () => {
    const hub = await new Hub(() => {}).start()
    const agent = new AgentProcess([], environment(hub.url, { STACKSENSE_INTERVAL: '30' }))
    await until(() => hub.beats.length === 1)
    const askedAt = performance.now()
    agent.kill('SIGTERM')
    expect((await agent.ended).code).toBe(0)
    expect(performance.now() - askedAt).toBeLessThan(PROMPTLY_MS)
  })

  test('outlives a hub that goes away, and finds it again promptly', async () => {
    const hub = await new Hub().start()
    const agent = new AgentProcess([], environment(hub.url))
    await until(() => hub.beats.length === 2)
    hub.stop()
    await until(() => agent.lines.length === 3)
    const before = hub.beats.length
    await hub.start()
    const backAt = performance.now()
    await until(() => hub.beats.length > before)
    expect(performance.now() - backAt).toBeLessThan(PROMPTLY_MS)
    await until(() => agent.lines.length === 4)
    expect(agent.lines[2]).toContain('refuses the connection')
    expect(agent.lines[3]).toMatch(/^Heartbeats are delivered again, to http:\S+ None was for \d+ s\.$/)
  })

  test('beats at once when it goes on after a stop', async () => {
    const hub = await new Hub().start()
    const agent = new AgentProcess([], environment(hub.url))
    await until(() => hub.beats.length === 2)
    agent.kill('SIGSTOP')
    await new Promise((resolve) => setTimeout(resolve, 2_500))
    const before = hub.beats.length
    const goesOnAt = performance.now()
    agent.kill('SIGCONT')
    await until(() => hub.beats.length > before)
    expect(performance.now() - goesOnAt).toBeLessThan(PROMPTLY_MS)
    // Three slots went by. Not all of them are made up for.
    expect(hub.beats.length).toBeLessThan(before + 3)
  })

  test('does not take its token to where a redirect points', async () => {
    const elsewhere = await new Hub().start()
    const hub = await new Hub((_, response) => response.writeHead(307, { location: elsewhere.url }).end()).start()
    const agent = new AgentProcess([], environment(hub.url))
    await until(() => hub.beats.length === 3)
    expect(elsewhere.beats).toEqual([])
    expect(agent.lines[1]).toContain(`redirects to ${elsewhere.url}, which is not followed`)
    expect(agent.errors).not.toContain('ssa_secret')
  })

  test.runIf(process.platform === 'linux')('measures the machine it runs on', async () => {
    const hub = await new Hub().start()
    new AgentProcess([], environment(hub.url, { STACKSENSE_METRICS_INTERVAL: '1' }))
    const metrics = () => hub.beats.map(({ body }) => body).find((body) => body.operationName === 'RecordMetrics')
    await until(() => metrics() !== undefined)
    const { input } = metrics()?.variables ?? {}
    expect(input).toMatchObject({
      memoryPercent: expect.any(Number),
      load1: expect.any(Number),
      processes: expect.any(Number),
    })
    expect(input?.disks).toContainEqual(expect.objectContaining({ mount: '/', usedPercent: expect.any(Number) }))
  })

  test('goes to the second hub when the first is down', async () => {
    const down = await new Hub().start()
    down.stop()
    const hub = await new Hub().start()
    new AgentProcess([], environment(`${down.url},${hub.url}`))
    await until(() => hub.beats.length === 3)
    expect(down.beats).toEqual([])
  })

  test.runIf(existsSync('/dev/full'))('goes on when its log cannot be written', async () => {
    const hub = await new Hub().start()
    const full = openSync('/dev/full', 'w')
    const child = spawn(process.execPath, [bundle], { env: environment(hub.url), stdio: ['ignore', 'ignore', full] })
    closeSync(full)
    await until(() => hub.beats.length === 3)
    child.kill('SIGTERM')
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0)
  })

  test('goes on when nobody reads its log any more', async () => {
    const hub = await new Hub().start()
    const agent = new AgentProcess([], environment(hub.url))
    agent.child.stderr?.destroy()
    await until(() => hub.beats.length === 2)
    hub.stop()
    await hub.start()
    await until(() => hub.beats.length === 4)
    agent.kill('SIGTERM')
    expect((await agent.ended).code).toBe(0)
  })
})

describe('--once', () => {
  test('ends with 0 when the heartbeat is delivered', async () => {
    const hub = await new Hub().start()
    const agent = new AgentProcess(['--once'], environment(hub.url))
    expect((await agent.ended).code).toBe(0)
    expect(agent.output).toBe(`The heartbeat of server 12 was delivered to ${hub.url}.\n`)
    expect(agent.errors).toBe('')
    expect(hub.beats).toHaveLength(1)
  })

  test('ends with 1 when it is not', async () => {
    const hub = await new Hub((_, response) => response.writeHead(503).end()).start()
    const agent = new AgentProcess(['--once'], environment(hub.url))
    expect((await agent.ended).code).toBe(1)
    expect(agent.lines).toEqual([`The heartbeat was not delivered: ${hub.url} has trouble of its own (status 503).`])
    expect(hub.beats).toHaveLength(3)
  })

  test('is delivered by a later attempt', async () => {
    let requests = 0
    const hub = await new Hub((request, response) => {
      requests++
      if (requests < 3) request.socket.destroy()
      else accept(request, response)
    }).start()
    const agent = new AgentProcess(['--once'], environment(hub.url))
    expect((await agent.ended).code).toBe(0)
  })
})

describe('bad configuration', () => {
  test.each([
    [[], {}, 'STACKSENSE_SERVER_ID is not set: the number that the hub gave this server.'],
    [['--config', '/no/such/file'], {}, '/no/such/file does not exist.'],
    [['--config', '/'], {}, '/ cannot be read: it is a directory.'],
    [[], environment('hub:4000'), 'STACKSENSE_API_URL must begin with http:// or https://.'],
    [
      ['--once'],
      environment('http://hub', { STACKSENSE_INTERVAL: '0' }),
      'STACKSENSE_INTERVAL must be a number of seconds, 1 to 86400, not "0".',
    ],
  ])('%j %j ends with 2 and one sentence', async (args, env, sentence) => {
    const agent = new AgentProcess(args, env)
    expect((await agent.ended).code).toBe(2)
    expect(agent.lines).toEqual([`stacksense-agent: ${sentence}`])
    expect(agent.output).toBe('')
  })
})
