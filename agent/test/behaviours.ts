import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AgentHost, AgentProcess, accept, environment, Hub, selfSigned, until } from './agent-process.ts'

/** Less than any time-out; generous to a busy machine. */
const PROMPTLY_MS = 2_500

const FAKETIME = ['x86_64', 'aarch64']
  .map((machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketime.so.1`)
  .find((path) => existsSync(path))

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stacksense-behaviour-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function fileWith(content: string | object): string {
  const path = join(folder, `file-${Math.random()}`)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content), { mode: 0o600 })
  return path
}

const status =
  (code: number, headers: Record<string, string> = {}, body = ''): RequestListener =>
  (_, response) =>
    response.writeHead(code, headers).end(body)

const graphqlError = (code: string) =>
  status(200, {}, JSON.stringify({ data: null, errors: [{ message: 'No.', extensions: { code } }] }))

/** Endless, as fast as it is read. */
const flood: RequestListener = (_, response) => {
  const chunk = Buffer.alloc(65_536, 'x')
  let left = 50_000_000
  const pump = () => {
    while (left > 0 && !response.destroyed) {
      left -= chunk.length
      if (!response.write(chunk)) return response.once('drain', pump)
    }
    return response.end()
  }
  pump()
}

/** One byte after the other, never the last. */
const drip: RequestListener = (_, response) => {
  response.writeHead(200, { 'content-length': '1000' })
  const timer = setInterval(() => response.write('x'), 50)
  response.on('close', () => clearInterval(timer))
}

const cut =
  (beginning: string): RequestListener =>
  (request) =>
    request.socket.end(beginning)

/** What a hub does, what the agent says of it, and how often it asks with --once: a refusal is not asked again. */
const MISBEHAVIOURS: readonly (readonly [string, RequestListener, RegExp, number])[] = [
  ['401', status(401), /does not accept the token/, 1],
  ['an unknown token', graphqlError('UNAUTHENTICATED'), /does not accept the token/, 1],
  ['403', status(403), /does not let this token report for server 12/, 1],
  ['404 of something else', status(404), /answers with status 404, but not as a hub does/, 1],
  ['an unknown server', graphqlError('SERVER_NOT_FOUND'), /knows no server 12/, 1],
  ['429', status(429), /asks for fewer requests/, 3],
  ['500', status(500), /has trouble of its own \(status 500\)/, 3],
  [
    'a redirect',
    status(307, { location: 'http://elsewhere' }),
    /redirects to http:\/\/elsewhere, which is not followed/,
    1,
  ],
  ['no answer', () => {}, /does not answer in time \(2000 ms\)/, 3],
  ['an answer that drips', drip, /does not answer in time \(2000 ms\)/, 3],
  ['an answer of 50 MB', flood, /answers with status 200, but not as a hub does/, 1],
  [
    'endless headers',
    cut(`HTTP/1.1 200 OK\r\nx: ${'x'.repeat(100_000)}\r\n\r\n`),
    /does not speak HTTP \(HPE_HEADER_OVERFLOW\)/,
    3,
  ],
  ['a connection that is cut', cut(''), /cut the connection/, 3],
  [
    'an answer that is cut',
    cut('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"data":'),
    /cut the connection|does not speak HTTP/,
    3,
  ],
  ['another protocol', cut('SSH-2.0-OpenSSH_9.2\r\n'), /does not speak HTTP/, 3],
]

/** What the agent does on this host, as a process, with real hubs that misbehave. */
export function describeBehaviours({ name, command, preloadable }: AgentHost): void {
  describe(`the agent on ${name}`, () => {
    const start = (args: readonly string[], env: Record<string, string>, stderr?: number) =>
      new AgentProcess(command(), args, env, stderr)

    test('knows every way in which a hub misbehaves, and asks again where that may help', async () => {
      const met = await Promise.all(
        MISBEHAVIOURS.map(async ([what, answer]) => {
          const hub = await new Hub(answer).start()
          const agent = start(['--once'], environment(hub.url, { STACKSENSE_INTERVAL: '12' }))
          const { code } = await agent.ended
          return { what, code, lines: agent.lines, asked: hub.beats.length }
        }),
      )
      const expected = MISBEHAVIOURS.map(([what, , sentence, asked]) => ({
        what,
        code: 1,
        lines: [expect.stringMatching(sentence)],
        asked,
      }))
      expect(met).toEqual(expected)
      expect(JSON.stringify(met)).not.toContain('ssa_secret')
    })

    test('beats with its token at the pace of its interval, and says so once', async () => {
      const hub = await new Hub().start()
      const agent = start([], environment(hub.url, { STACKSENSE_INTERVAL: '6' }))
      await until(() => hub.beats.length >= 3)
      expect(hub.beats[0]).toMatchObject({
        url: '/graphql',
        authorization: 'Bearer ssa_secret',
        body: { operationName: 'RecordHeartbeat', variables: { serverId: '12', agentVersion: '0.1.0' } },
      })
      for (const gap of hub.gapsMs.slice(1)) expect(Math.abs(gap - 6_000)).toBeLessThan(3_000)
      expect(agent.lines).toEqual([
        `stacksense-agent 0.1.0: server 12, a heartbeat every 6 s to ${hub.url}.`,
        `Heartbeats of server 12 are delivered to ${hub.url}.`,
      ])
    })

    test('reads a file, takes the token from the address, speaks REST', async () => {
      const hub = await new Hub().start()
      const api_url = hub.url.replace('http://', 'http://agent:ssa_other@')
      const path = fileWith({ server_id: 7, api_url, interval: 3, protocol: 'rest', metrics_interval: 0 })
      start(['--config', path], {})
      await until(() => hub.beats.length >= 1)
      expect(hub.beats[0]).toMatchObject({
        url: '/api/heartbeat/7/',
        authorization: 'Bearer ssa_other',
        body: { agent_version: '0.1.0' },
      })
    })

    test('speaks TLS with a hub that it is told to trust, and with no other', async () => {
      const certificate = selfSigned()
      const hub = await new Hub(accept, certificate).start()
      const trusting = start(
        ['--once'],
        environment(hub.url, { NODE_EXTRA_CA_CERTS: certificate.path, STACKSENSE_INTERVAL: '12' }),
      )
      expect((await trusting.ended).code).toBe(0)
      const wary = start(['--once'], environment(hub.url, { STACKSENSE_INTERVAL: '12' }))
      expect((await wary.ended).code).toBe(1)
      expect(wary.lines[0]).toMatch(/no secure connection to \S+ \(DEPTH_ZERO_SELF_SIGNED_CERT\)/)
      expect(hub.beats).toHaveLength(1)
    })

    test('does not take a certificate of another name, nor plain HTTP for TLS', async () => {
      const certificate = selfSigned('DNS:another.example')
      const hub = await new Hub(accept, certificate).start()
      const agent = start(
        ['--once'],
        environment(hub.url, { NODE_EXTRA_CA_CERTS: certificate.path, STACKSENSE_INTERVAL: '12' }),
      )
      expect((await agent.ended).code).toBe(1)
      expect(agent.lines[0]).toContain('ERR_TLS_CERT_ALTNAME_INVALID')

      const plain = await new Hub().start()
      const puzzled = start(['--once'], environment(plain.url.replace('http:', 'https:')))
      expect((await puzzled.ended).code).toBe(1)
      expect(puzzled.lines[0]).toMatch(/no secure connection|cut the connection/)
    })

    test('says that a name does not exist', async () => {
      const agent = start(['--once'], environment('http://no-such-hub.invalid', { STACKSENSE_INTERVAL: '30' }))
      expect((await agent.ended).code).toBe(1)
      expect(agent.lines[0]).toMatch(/the name no-such-hub.invalid cannot be found|does not answer in time/)
    })

    test('bridges a hub that is down for two thirds of an interval', async () => {
      const hub = await new Hub().start()
      const agent = start([], environment(hub.url, { STACKSENSE_INTERVAL: '9' }))
      await until(() => hub.beats.length >= 1)
      hub.stop()
      await until(() => agent.lines.length >= 3)
      await hub.start()
      await until(() => hub.beats.length >= 2)
      expect(agent.lines[2]).toContain('refuses the connection')
      expect(hub.gapsMs[0]).toBeLessThan(18_000)
    })

    test('waits as long as Retry-After asks', async () => {
      let asked = 0
      const hub = await new Hub((request, response) => {
        asked++
        if (asked === 1) status(429, { 'retry-after': '5' })(request, response)
        else accept(request, response)
      }).start()
      start([], environment(hub.url))
      await until(() => hub.beats.length >= 2)
      expect(hub.gapsMs[0]).toBeGreaterThan(4_900)
    })

    test.each(['SIGTERM', 'SIGINT'] as const)('ends at once and with 0 on %s between two beats', async (signal) => {
      const hub = await new Hub().start()
      const agent = start([], environment(hub.url, { STACKSENSE_INTERVAL: '30' }))
      await until(() => agent.lines.length >= 2)
      const askedAt = performance.now()
      agent.kill(signal)
      expect((await agent.ended).code).toBe(0)
      expect(performance.now() - askedAt).toBeLessThan(PROMPTLY_MS)
      expect(agent.lines.at(-1)).toBe(`Stopped by ${signal}.`)
    })

    test('ends at once and with 0 in the middle of a request', async () => {
      const hub = await new Hub(() => {}).start()
      const agent = start([], environment(hub.url, { STACKSENSE_INTERVAL: '30' }))
      await until(() => hub.beats.length >= 1)
      const askedAt = performance.now()
      agent.kill('SIGTERM')
      expect((await agent.ended).code).toBe(0)
      expect(performance.now() - askedAt).toBeLessThan(PROMPTLY_MS)
    })

    test('beats at once when it goes on after a stop, and does not make up for what it missed', async () => {
      const hub = await new Hub().start()
      const agent = start([], environment(hub.url, { STACKSENSE_INTERVAL: '2' }))
      await until(() => hub.beats.length >= 2)
      agent.kill('SIGSTOP')
      await new Promise((resolve) => setTimeout(resolve, 5_000))
      const before = hub.beats.length
      const goesOnAt = performance.now()
      agent.kill('SIGCONT')
      await until(() => hub.beats.length > before)
      expect(performance.now() - goesOnAt).toBeLessThan(PROMPTLY_MS)
      expect(hub.beats.length).toBeLessThan(before + 3)
    })

    test.runIf(FAKETIME).each(['+1d', '-1d'])('does not notice a clock that steps by %s', async (step) => {
      const clock = fileWith('+0')
      const hub = await new Hub().start()
      const agent = new AgentProcess(preloadable(), [], {
        ...environment(hub.url),
        LD_PRELOAD: FAKETIME ?? '',
        FAKETIME_TIMESTAMP_FILE: clock,
        FAKETIME_NO_CACHE: '1',
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
        DONT_FAKE_MONOTONIC: '1',
      })
      await until(() => hub.beats.length >= 1)
      writeFileSync(clock, step)
      await until(() => hub.beats.length >= 3)
      for (const gap of hub.gapsMs) expect(gap).toBeLessThan(6_000)
      agent.kill('SIGTERM')
      expect((await agent.ended).code).toBe(0)
      const [first, last] = [agent.errors.split('\n')[0], agent.errors.trim().split('\n').at(-1)]
      const saidAfterMs = Date.parse(String(last?.slice(0, 24))) - Date.parse(String(first?.slice(0, 24)))
      expect(Math.abs(saidAfterMs)).toBeGreaterThan(80_000_000)
    })

    test('measures the machine it runs on', async () => {
      const hub = await new Hub().start()
      start([], environment(hub.url, { STACKSENSE_METRICS_INTERVAL: '3' }))
      const metrics = () => hub.beats.map(({ body }) => body).find((body) => body.operationName === 'RecordMetrics')
      await until(() => metrics() !== undefined)
      const input = metrics()?.variables?.input
      expect(input).toMatchObject({
        cpuPercent: expect.any(Number),
        memoryPercent: expect.any(Number),
        load1: expect.any(Number),
        uptimeSeconds: expect.any(Number),
        processes: expect.any(Number),
        disks: expect.arrayContaining([expect.objectContaining({ mount: '/', usedPercent: expect.any(Number) })]),
      })
      expect(input).not.toHaveProperty('topProcesses')
    })

    test('names the processes that take most where it is asked to, and nothing else of them', async () => {
      const hub = await new Hub().start()
      const script = join(folder, `busy-bee-${name.length}`)
      writeFileSync(script, '#!/bin/sh\nwhile :; do :; done\n', { mode: 0o700 })
      const bee = new AgentProcess([script], ['--password=ssa_secret_of_a_bee'], { BEE: 'ssa_secret_of_a_bee' })
      start([], environment(hub.url, { STACKSENSE_METRICS_INTERVAL: '2', STACKSENSE_TOP_PROCESSES: '10' }))
      const found = () =>
        hub.beats
          .flatMap(({ body }) => [body.variables?.input ?? []].flat())
          .flatMap(({ topProcesses }) => topProcesses ?? [])
          .find(({ pid }) => pid === bee.child.pid)
      await until(() => found() !== undefined)
      const busy = found()
      expect(busy).toEqual({
        pid: bee.child.pid,
        name: script.slice(folder.length + 1),
        cpuPercent: expect.any(Number),
        memoryBytes: expect.any(Number),
      })
      expect(busy?.cpuPercent).toBeGreaterThan(0)
      expect(busy?.memoryBytes).toBeGreaterThan(100_000)
      expect(JSON.stringify(hub.beats)).not.toContain('ssa_secret_of_a_bee')
    })

    test('delivers what it measured while the hub was away, with its age', async () => {
      const hub = await new Hub().start()
      const agent = start(
        [],
        environment(hub.url, { STACKSENSE_METRICS_INTERVAL: '1', STACKSENSE_BUFFER_FILE: '/dev/full' }),
      )
      await until(() => agent.lines.length >= 2)
      hub.stop()
      await until(() => agent.lines.some((line) => line.includes('refuses')))
      await new Promise((resolve) => setTimeout(resolve, 3_000))
      await hub.start()
      const late = () => hub.beats.find(({ body }) => body.operationName === 'RecordMetricSamples')?.body
      await until(() => late() !== undefined)
      const samples = [late()?.variables?.input ?? []].flat()
      expect(samples.length).toBeGreaterThan(2)
      const ages = samples.slice(0, -1).map((sample) => sample.ageSeconds ?? 0)
      expect(ages).toEqual([...ages].sort((a, b) => b - a))
      expect(ages[0]).toBeGreaterThan(2)
      expect(samples.at(-1)?.ageSeconds).toBeUndefined()
    })

    test('goes to the second hub when the first is down', async () => {
      const down = await new Hub().start()
      down.stop()
      const hub = await new Hub().start()
      start([], environment(`${down.url},${hub.url}`))
      await until(() => hub.beats.length >= 2)
      expect(down.beats).toEqual([])
    })

    test('goes on when the disk of its log is full', async () => {
      const hub = await new Hub().start()
      const full = openSync('/dev/full', 'w')
      const agent = start([], environment(hub.url), full)
      closeSync(full)
      await until(() => hub.beats.length >= 2)
      agent.kill('SIGTERM')
      expect((await agent.ended).code).toBe(0)
    })

    test('goes on when nobody reads its log any more', async () => {
      const hub = await new Hub().start()
      const agent = start([], environment(hub.url))
      agent.child.stderr?.destroy()
      await until(() => hub.beats.length >= 1)
      hub.stop()
      await hub.start()
      await until(() => hub.beats.length >= 3)
      agent.kill('SIGTERM')
      expect((await agent.ended).code).toBe(0)
    })

    test('ends with 0 when --once has delivered, by a later attempt too', async () => {
      let requests = 0
      const hub = await new Hub((request, response) => {
        requests++
        if (requests < 3) request.socket.destroy()
        else accept(request, response)
      }).start()
      const agent = start(['--once'], environment(hub.url))
      expect((await agent.ended).code).toBe(0)
      expect(agent.output).toBe(`The heartbeat of server 12 was delivered to ${hub.url}.\n`)
      expect(agent.errors).toBe('')
    })

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
    ])('ends with 2 and one sentence for %j %j', async (args, env, sentence) => {
      const agent = start(args, env)
      expect((await agent.ended).code).toBe(2)
      expect(agent.lines).toEqual([`stacksense-agent: ${sentence}`])
      expect(agent.output).toBe('')
    })

    test('keeps its memory whatever a hub sends', async () => {
      const hub = await new Hub(flood).start()
      const agent = start([], environment(hub.url, { STACKSENSE_INTERVAL: '1' }))
      await until(() => hub.beats.length >= 4)
      const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${agent.child.pid}/status`, 'utf8'))?.[1]
      // qemu and Node are large by themselves; 50 MB a beat would show.
      expect(Number(peak)).toBeLessThan(150_000)
    })
  })
}
