import { describe, expect, test } from 'vitest'
import { CONFIG, HOUR, hub, MINUTE, SECOND, secondsOf, start, until } from '../test/agent-scene.ts'
import { ACCEPTED, answer, REFUSED, VirtualHost } from '../test/virtual-host.ts'
import { Agent } from './agent.ts'
import { readIdentity } from './heartbeat.ts'

describe('the rhythm', () => {
  test('is one beat in each slot, at its beginning, and no request besides', async () => {
    const { host } = start()
    await host.runUntil(2 * MINUTE)
    expect(secondsOf(host.sentAt)).toEqual([0, 30, 60, 90, 120])
  })

  test('does not drift in a day of answers that take seconds', async () => {
    const { host } = start()
    host.hub = (_, now) => ({ result: ACCEPTED, afterMs: now % 4_999 })
    await host.runUntil(24 * HOUR)
    expect(host.sent).toHaveLength(2_881)
    expect(host.sentAt.every((at, index) => at === index * 30_000)).toBe(true)
  })

  test('begins at the start, then keeps to a place in the interval that chance chose', async () => {
    const host = new VirtualHost()
    host.dice = () => 0.4
    void new Agent(host, CONFIG, readIdentity(host), () => CONFIG).run()
    await host.runUntil(MINUTE)
    expect(secondsOf(host.sentAt)).toEqual([0, 18, 48])
  })

  test('is not touched by a wall clock that is set back or forward', async () => {
    const { host } = start()
    await host.runUntil(40 * SECOND)
    host.wallClockStartMs -= 5 * HOUR
    await host.runUntil(80 * SECOND)
    host.wallClockStartMs += 50 * HOUR
    await host.runUntil(2 * MINUTE)
    expect(secondsOf(host.sentAt)).toEqual([0, 30, 60, 90, 120])
  })

  test('goes on at once after the process was stopped, and makes up for nothing', async () => {
    const { host } = start()
    await host.runUntil(40 * SECOND)
    await host.suspendUntil(10 * MINUTE + 7 * SECOND)
    await host.runUntil(11 * MINUTE + 1 * SECOND)
    expect(secondsOf(host.sentAt)).toEqual([0, 30, 607, 630, 660])
    expect(host.lines.at(-1)).toBe('This process was stopped for 9 min 7 s.')
  })

  test('goes on at once after a stop in the middle of a request', async () => {
    const { host } = start()
    await host.runUntil(60 * SECOND + 10)
    await host.suspendUntil(5 * MINUTE + 4 * SECOND)
    await host.runUntil(5 * MINUTE + 31 * SECOND)
    expect(secondsOf(host.sentAt)).toEqual([0, 30, 60, 304, 330])
  })

  test('ends when it is told to', async () => {
    const { host, agent } = start()
    await host.runUntil(40 * SECOND)
    agent.stop()
    await host.runUntil(5 * MINUTE)
    expect(secondsOf(host.sentAt)).toEqual([0, 30])
  })
})

describe('a heartbeat', () => {
  test('says whose it is, which agent sent it, and proves it by the token', async () => {
    const host = new VirtualHost()
    host.files.set('/proc/sys/kernel/random/boot_id', '0b5e3f5e-65b1-4a0c-9d6e-2f6a1b7c8d9e\n')
    void new Agent(host, CONFIG, readIdentity(host), () => CONFIG).run()
    await host.runUntil(SECOND)

    const request = host.sent[0]?.request
    expect(request).toMatchObject({ secure: false, host: 'a', port: 4000, path: '/graphql', timeoutMs: 5_000 })
    expect(request?.headers.authorization).toBe('Bearer ssa_secret')
    expect(JSON.parse(request?.body ?? '').variables).toEqual({
      serverId: '12',
      agentVersion: '0.1.0',
      bootId: '0b5e3f5e-65b1-4a0c-9d6e-2f6a1b7c8d9e',
      retries: 0,
      sentAt: '2026-01-01T12:00:00.000Z',
      agentStartedAt: '2026-01-01T12:00:00.000Z',
    })
  })

  test('goes to the REST shim when so configured', async () => {
    const { host } = start({ ...CONFIG, protocol: 'rest', hubs: [hub('http://a:4000/monitor')] })
    host.hub = () => ({ result: answer(200, { status: 'ok', server_id: 12 }), afterMs: 20 })
    await host.runUntil(40 * SECOND)
    const said = { agent_version: '0.1.0', agent_started_at: '2026-01-01T12:00:00.000Z', retries: 0 }
    expect(host.sent.map(({ request }) => [request.path, JSON.parse(request.body)])).toEqual([
      ['/monitor/api/heartbeat/12/', { ...said, sent_at: '2026-01-01T12:00:00.000Z' }],
      ['/monitor/api/heartbeat/12/', { ...said, sent_at: '2026-01-01T12:00:30.000Z' }],
    ])
  })
})

describe('a hub that is away', () => {
  test('for 20 s in the middle of a slot costs nothing', async () => {
    const { host } = start()
    host.hub = (_, now) => ({ result: now > 29_000 && now < 49_000 ? REFUSED : ACCEPTED, afterMs: 20 })
    await host.runUntil(70 * SECOND)
    expect(secondsOf(host.sentAt)).toEqual([0, 30, 32, 36, 43, 52, 60])
  })

  test('for hours is tried for all the time, calmly, and found again within seconds', async () => {
    const { host } = start()
    await host.runUntil(MINUTE + SECOND)
    host.hub = until(5 * HOUR, REFUSED)
    await host.runUntil(5 * HOUR + 10 * SECOND)

    const gaps = host.sentAt.slice(1).map((at, index) => at - (host.sentAt[index] as number))
    expect(Math.max(...gaps)).toBeLessThanOrEqual(30_000)
    expect(host.sent.length).toBeLessThanOrEqual(6 * 602)
    expect(host.sentAt.some((at) => at >= 5 * HOUR)).toBe(true)
    expect(host.lines).toEqual([
      'Heartbeats of server 12 are delivered to http://a:4000.',
      'No heartbeat is delivered: http://a:4000 refuses the connection: is a hub running there? (ECONNREFUSED). Trying on.',
      'Heartbeats are delivered again, to http://a:4000. None was for 4 h 59 min.',
    ])
  })

  test('at the start is said at once', async () => {
    const { host } = start()
    host.hub = until(10 * MINUTE, { kind: 'failed', reason: 'dns', detail: 'ENOTFOUND' })
    await host.runUntil(SECOND)
    expect(host.lines).toEqual(['No heartbeat is delivered: the name a cannot be found (ENOTFOUND). Trying on.'])
  })

  test('and lets every request time out is tried six times in each slot, never twice at once', async () => {
    const { host } = start()
    host.hub = () => ({ result: ACCEPTED, afterMs: HOUR })
    await host.runUntil(59 * SECOND)
    expect(secondsOf(host.sentAt)).toEqual([0, 5, 10, 15, 22, 27, 30, 35, 40, 45, 52, 57])
  })

  test('for one request only is not worth a line', async () => {
    const { host } = start()
    host.hub = (_, now) => ({ result: now === 30_000 ? REFUSED : ACCEPTED, afterMs: 20 })
    await host.runUntil(2 * MINUTE)
    expect(host.lines).toHaveLength(1)
  })

  test('in changing ways is worth one line for each way that lasts', async () => {
    const { host } = start()
    const ways = [REFUSED, answer(502, 'Bad Gateway'), REFUSED, answer(502, ''), answer(503, '')]
    host.hub = (_, now) => ({ result: now < 30_000 ? ACCEPTED : (ways.shift() ?? REFUSED), afterMs: 20 })
    await host.runUntil(89 * SECOND)
    expect(host.lines.slice(1).map((line) => line.replace(/.*4000 /, ''))).toEqual([
      'has trouble of its own (status 502). Trying on.',
      'refuses the connection: is a hub running there? (ECONNREFUSED). Trying on.',
    ])
  })
})

test('a defect of ours costs one heartbeat and is said', async () => {
  const { host } = start()
  host.hub = (_, now) => {
    if (now === 30_000) throw new Error('impossible')
    return { result: ACCEPTED, afterMs: 20 }
  }
  await host.runUntil(70 * SECOND)
  expect(secondsOf(host.sentAt)).toEqual([0, 30, 60])
  expect(host.lines.at(-1)).toBe('A defect in the agent: Error: impossible. Please report it.')
})
