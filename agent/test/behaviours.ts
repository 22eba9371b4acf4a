import { execFileSync } from 'node:child_process'
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AgentHost, AgentProcess, accept, environment, gapsMs, Hub, selfSigned, until } from './agent-process.ts'
import { flood, MISBEHAVIOURS, status } from './misbehaviours.ts'

/** Less than any time-out; generous to a busy machine. */
const PROMPTLY_MS = 4_500

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

/** Runs what the unit runs before it ends the agent, with a systemctl that answers this. */
function stopAsTheUnitDoes(runtimeDirectory: string, jobs: string): void {
  const unit = readFileSync(fileURLToPath(new URL('../systemd/stacksense-agent.service', import.meta.url)), 'utf8')
  const command = /^ExecStop=-\/bin\/sh -c '(.+)'$/m.exec(unit)?.[1]?.replaceAll('$$', '$') ?? 'exit 1'
  const systemctl = join(runtimeDirectory, 'systemctl')
  writeFileSync(systemctl, `#!/bin/sh\n[ "$1" = list-jobs ] && echo '${jobs}'\n`, { mode: 0o700 })
  const env = { PATH: `${runtimeDirectory}:${process.env.PATH}`, RUNTIME_DIRECTORY: runtimeDirectory }
  execFileSync('/bin/sh', ['-c', command], { env })
}

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
      // A busy machine may answer too late: what is tried again then has no pace.
      const punctual = () => hub.beats.filter(({ body }) => body.variables?.retries === 0)
      await until(() => punctual().length >= 3)
      expect(hub.beats[0]).toMatchObject({
        url: '/graphql',
        authorization: 'Bearer ssa_secret',
        body: { operationName: 'RecordHeartbeat', variables: { serverId: '12', agentVersion: '0.1.0' } },
      })
      for (const gap of gapsMs(punctual()).slice(1)) expect(Math.abs(gap - 6_000)).toBeLessThan(3_000)
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

    test('says goodbye for a reboot where the unit found that systemd has a job for one', async () => {
      const runtime = mkdtempSync(join(folder, 'run-'))
      stopAsTheUnitDoes(runtime, '423 reboot.target start waiting')
      const hub = await new Hub().start()
      const agent = start([], environment(hub.url, { RUNTIME_DIRECTORY: runtime }))
      await until(() => agent.lines.length >= 2)
      agent.kill('SIGTERM')
      expect((await agent.ended).code).toBe(0)
      const { operationName, variables } = hub.beats.at(-1)?.body ?? {}
      expect({ operationName, variables }).toEqual({
        operationName: 'RecordFarewell',
        variables: { serverId: '12', reason: 'REBOOT', backIn: 300 },
      })
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
      const agent = start(['--once'], environment(hub.url, { STACKSENSE_INTERVAL: '12' }))
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
