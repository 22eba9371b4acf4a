import { describe, expect, test } from 'vitest'
import { answer, VirtualHost } from '../test/virtual-host.ts'
import { readGoodbye } from './goodbye.ts'
import { main } from './main.ts'

const STOPPED = { reason: 'STOPPED', backInSeconds: undefined }
const SHUTDOWN = { reason: 'SHUTDOWN', backInSeconds: undefined }
const REBOOT = { reason: 'REBOOT', backInSeconds: 300 }

/** What the unit's ExecStop leaves. */
const listed = (jobs: string) => ({ '/run/stacksense-agent/jobs': jobs })

function goodbyeWith(files: Readonly<Record<string, string>>) {
  const host = new VirtualHost()
  host.variables.set('RUNTIME_DIRECTORY', '/run/stacksense-agent')
  for (const [path, text] of Object.entries(files)) host.files.set(path, text)
  return readGoodbye(host)
}

function scheduled(mode: string, inSeconds: number) {
  const atMs = new VirtualHost().wallClockMs() + inSeconds * 1_000
  return { '/run/systemd/shutdown/scheduled': `USEC=${atMs}000\nWARN_WALL=1\nMODE=${mode}\n` }
}

describe('why it ends', () => {
  test.each([
    ['nothing says more', {}, STOPPED],
    ['a planned reboot is due', scheduled('reboot', 1), REBOOT],
    ['a planned kexec is due', scheduled('kexec', -5), REBOOT],
    ['a planned poweroff is due', scheduled('poweroff', 0), SHUTDOWN],
    ['a reboot is planned for tonight', scheduled('reboot', 7_200), STOPPED],
    ['systemd closes the machine', { '/run/nologin': 'System is going down. Unprivileged users …' }, SHUTDOWN],
    ['systemd has not opened it yet', { '/run/nologin': 'System is booting up. Unprivileged users …' }, STOPPED],
    ['OpenRC reboots', { '/run/openrc/softlevel': 'reboot\n' }, REBOOT],
    ['OpenRC shuts down', { '/run/openrc/softlevel': 'shutdown\n' }, SHUTDOWN],
    ['OpenRC goes on', { '/run/openrc/softlevel': 'default\n' }, STOPPED],
    ['the file holds something else', { '/run/systemd/shutdown/scheduled': 'nonsense' }, STOPPED],
  ])('%s', (_, files, expected) => {
    expect(goodbyeWith(files)).toEqual(expected)
  })

  test.each([
    ['reboot', REBOOT],
    ['kexec', REBOOT],
    ['soft-reboot', REBOOT],
    ['poweroff', SHUTDOWN],
    ['halt', SHUTDOWN],
  ])('systemd has a job for %s.target', (target, expected) => {
    expect(goodbyeWith({ ...listed(` 423 ${target}.target start waiting\n`), ...scheduled('poweroff', 0) })).toEqual(
      expected,
    )
  })

  test.each(['', '423 reboot.target stop waiting\n', 'No jobs listed.\n'])(
    'systemd has no job that ends the machine: %j',
    (jobs) => {
      expect(goodbyeWith(listed(jobs))).toEqual(STOPPED)
      expect(goodbyeWith({ ...listed(jobs), ...scheduled('reboot', 1) })).toEqual(REBOOT)
    },
  )
})

/** An agent that runs and is then asked to end. */
async function ended(prepare: (host: VirtualHost) => void, atMs: number, protocol = 'graphql') {
  const host = new VirtualHost()
  host.variables.set('STACKSENSE_SERVER_ID', '12').set('STACKSENSE_API_URL', 'http://a:4000')
  host.variables.set('STACKSENSE_METRICS_INTERVAL', '0').set('STACKSENSE_PROTOCOL', protocol)
  prepare(host)
  let exitCode: number | undefined
  void main(host).then((code) => {
    exitCode = code
  })
  await host.runUntil(atMs)
  host.signal('SIGTERM')
  await host.runUntil(atMs + 5_000)
  return { exitCode, host, last: host.sent.at(-1)?.request }
}

describe('saying so', () => {
  test('it is the last thing that the agent sends', async () => {
    const { exitCode, last } = await ended((host) => host.files.set('/run/openrc/softlevel', 'reboot'), 40_000)
    expect(JSON.parse(last?.body ?? '').variables).toEqual({ serverId: '12', reason: 'REBOOT', backIn: 300 })
    expect(exitCode).toBe(0)
  })

  test('over the plain calls, too', async () => {
    const ok = answer(200, { status: 'ok' })
    const { last } = await ended((host) => (host.hub = () => ({ result: ok, afterMs: 20 })), 40_000, 'rest')
    expect(last?.path).toBe('/api/farewell/12/')
    expect(JSON.parse(last?.body ?? '')).toEqual({ reason: 'stopped' })
  })

  test('a heartbeat on its way is waited for, for a second: it would make the goodbye void', async () => {
    const slow = (host: VirtualHost) => {
      const { hub } = host
      let beats = 0
      host.hub = (request, nowMs) => ({ ...hub(request, nowMs), afterMs: ++beats === 2 ? 500 : 20 })
    }
    const { host } = await ended(slow, 15_100)
    const [, beat, goodbye] = host.sent
    expect(goodbye?.request.body).toContain('RecordFarewell')
    expect((goodbye?.atMs ?? 0) - (beat?.atMs ?? 0)).toBe(500)
  })

  test('nobody is told where no heartbeat is delivered, and a hub that hangs holds up the end by two seconds', async () => {
    const away = { kind: 'failed', reason: 'refused', detail: 'ECONNREFUSED' } as const
    const { host, exitCode } = await ended((each) => (each.hub = () => ({ result: away, afterMs: 1 })), 3_000)
    expect(host.sent.some(({ request }) => request.body.includes('RecordFarewell'))).toBe(false)
    expect(exitCode).toBe(0)

    const hangs = (each: VirtualHost) => {
      const { hub } = each
      each.hub = (request, nowMs) =>
        request.body.includes('Farewell') ? { ...hub(request, nowMs), afterMs: 1e9 } : hub(request, nowMs)
    }
    expect((await ended(hangs, 3_000)).exitCode).toBe(0)
  })
})
