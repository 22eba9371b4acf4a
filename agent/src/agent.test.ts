import { describe, expect, test } from 'vitest'
import { ACCEPTED, answer, graphqlError, REFUSED, VirtualHost } from '../test/virtual-host.ts'
import { Agent } from './agent.ts'
import type { Config } from './config.ts'
import { readIdentity } from './heartbeat.ts'
import type { PostResult } from './host.ts'
import { parseHubUrl } from './hub-url.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

function hub(address: string) {
  const parsed = parseHubUrl(address)
  if (parsed.kind === 'bad') throw new Error(parsed.problem)
  return { ...parsed.hub, token: parsed.hub.token ?? 'ssa_secret' }
}

const CONFIG: Config = {
  serverId: 12,
  hubs: [hub('http://a:4000')],
  intervalMs: 30_000,
  metricsIntervalMs: 0,
  topProcesses: 0,
  protocol: 'graphql',
  bufferPath: undefined,
}

const TWO_HUBS: Config = { ...CONFIG, hubs: [hub('http://a:4000'), hub('http://b:4000')] }

/** A running agent whose slots begin at 0, 30 s, 60 s … on a host without jitter. */
function start(config: Config = CONFIG, reread: () => Config | undefined = () => config) {
  const host = new VirtualHost()
  host.dice = () => 0
  const agent = new Agent(host, config, readIdentity(host), reread)
  host.dice = () => 0.5
  void agent.run()
  return { host, agent }
}

/** A hub that does this until then, and then takes what comes. */
function until(endMs: number, result: PostResult, afterMs = 20) {
  return (_: unknown, nowMs: number) => (nowMs < endMs ? { result, afterMs } : { result: ACCEPTED, afterMs: 20 })
}

const secondsOf = (instants: readonly number[]) => instants.map((at) => Math.round(at / 100) / 10)

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

describe('a hub that refuses', () => {
  const REFUSALS: [string, PostResult, string][] = [
    ['401', answer(401, ''), 'does not accept the token: check STACKSENSE_TOKEN'],
    ['UNAUTHENTICATED', graphqlError('UNAUTHENTICATED'), 'does not accept the token: check STACKSENSE_TOKEN'],
    ['403', answer(403, ''), 'does not let this token report for server 12'],
    ['FORBIDDEN', graphqlError('FORBIDDEN'), 'does not let this token report for server 12'],
    ['SERVER_NOT_FOUND', graphqlError('SERVER_NOT_FOUND'), 'knows no server 12: check STACKSENSE_SERVER_ID'],
    ["REST's 404", answer(404, { error: 'Server not found' }), 'knows no server 12: check STACKSENSE_SERVER_ID'],
    ['a bare 404', answer(404, '<html>'), 'answers with status 404, but not as a hub does: check STACKSENSE_API_URL'],
    ['a page', answer(200, '<html>'), 'answers with status 200, but not as a hub does: check STACKSENSE_API_URL'],
    [
      'BAD_USER_INPUT',
      graphqlError('BAD_USER_INPUT', 'bootId is too long.'),
      'does not take it: bootId is too long. (BAD_USER_INPUT)',
    ],
    [
      'a redirect',
      answer(301, '', { location: 'https://u:p@hub.example/graphql?key=1' }),
      'redirects to https://hub.example/graphql, which is not followed lest the token go astray',
    ],
  ]

  test.each(REFUSALS)('by %s is asked more and more rarely and mentioned once', async (_, result, words) => {
    const { host } = start()
    host.hub = until(HOUR, result)
    await host.runUntil(20 * MINUTE)
    expect(secondsOf(host.sentAt)).toEqual([0, 30, 90, 210, 450, 750, 1050])
    expect(host.lines).toHaveLength(1)
    expect(host.lines[0]).toContain(words)
    expect(host.lines[0]).toContain('Trying again now and then.')
    expect(host.lines[0]).not.toContain('ssa_secret')
  })

  test.each(REFUSALS)('by %s for some seconds, out of the blue, costs nothing', async (_, result) => {
    const { host } = start()
    host.hub = (_, now) => ({ result: now >= 30_000 && now < 50_000 ? result : ACCEPTED, afterMs: 20 })
    await host.runUntil(70 * SECOND)
    expect(secondsOf(host.sentAt)).toEqual([0, 30, 32, 36, 43, 52, 60])
    expect(host.lines).toHaveLength(3)
  })

  test('is left alone after one slot of trying, if it took heartbeats before', async () => {
    const { host } = start()
    await host.runUntil(SECOND)
    host.hub = () => ({ result: graphqlError('UNAUTHENTICATED'), afterMs: 20 })
    await host.runUntil(300 * SECOND)
    expect(secondsOf(host.sentAt)).toEqual([0, 30, 32, 36, 43, 52, 56, 60, 120, 240])
  })

  test('takes up the rhythm again with the first heartbeat that it takes', async () => {
    const { host } = start()
    host.hub = until(200 * SECOND, graphqlError('UNAUTHENTICATED'))
    await host.runUntil(300 * SECOND)
    expect(secondsOf(host.sentAt)).toEqual([0, 30, 90, 210, 240, 270, 300])
    expect(host.lines.at(-1)).toBe('Heartbeats are delivered again, to http://a:4000. None was for 3 min 30 s.')
  })

  test('gets the new token in the next slot once the configuration has changed', async () => {
    let config = CONFIG
    const { host } = start(CONFIG, () => config)
    host.hub = (request) => ({
      result: request.headers.authorization === 'Bearer right' ? ACCEPTED : graphqlError('UNAUTHENTICATED'),
      afterMs: 20,
    })
    await host.runUntil(240 * SECOND)
    config = { ...CONFIG, hubs: [{ ...hub('http://a:4000'), token: 'right' }] }
    await host.runUntil(300 * SECOND)
    expect(secondsOf(host.sentAt)).toEqual([0, 30, 90, 210, 270, 300])
    expect(host.lines.slice(1)).toEqual([
      'The configuration has changed.',
      'Heartbeats are delivered again, to http://a:4000. None was for 4 min 30 s.',
    ])
  })

  test('asks for a token when there is none', async () => {
    const { host } = start({ ...CONFIG, hubs: [{ ...hub('http://a:4000'), token: undefined }] })
    host.hub = () => ({ result: graphqlError('UNAUTHENTICATED'), afterMs: 20 })
    await host.runUntil(SECOND)
    expect(host.sent[0]?.request.headers).not.toHaveProperty('authorization')
    expect(host.lines[0]).toContain('http://a:4000 asks for a token: set STACKSENSE_TOKEN.')
  })
})

describe('a hub in trouble', () => {
  test.each([
    ['500', answer(500, '')],
    ['DEFECT', graphqlError('DEFECT')],
    ['UNAVAILABLE', graphqlError('UNAVAILABLE')],
  ])('(%s) is tried again at the usual times', async (_, result) => {
    const { host } = start()
    host.hub = () => ({ result, afterMs: 20 })
    await host.runUntil(31 * SECOND)
    expect(secondsOf(host.sentAt)).toEqual([0, 2, 6, 13, 22, 26, 30])
  })

  test.each([429, 503])('(%d) that asks for patience is given it', async (status) => {
    const { host } = start()
    host.hub = until(9 * SECOND, answer(status, '', { 'retry-after': '10' }))
    await host.runUntil(35 * SECOND)
    expect(secondsOf(host.sentAt)).toEqual([0, 10, 30])
  })

  test('may ask for patience until a date, by its own clock', async () => {
    const { host } = start()
    const headers = { date: 'Sun, 06 Nov 1994 08:49:37 GMT', 'retry-after': 'Sun, 06 Nov 1994 08:49:48 GMT' }
    host.hub = until(9 * SECOND, answer(503, '', headers))
    await host.runUntil(35 * SECOND)
    expect(secondsOf(host.sentAt)).toEqual([0, 11, 30])
  })

  test('may ask for patience beyond the slot, for five minutes at most', async () => {
    const { host } = start()
    host.hub = until(40 * SECOND, answer(429, '', { 'retry-after': '86400' }))
    await host.runUntil(370 * SECOND)
    expect(secondsOf(host.sentAt)).toEqual([0, 300, 330, 360])
  })

  test.each(['soon', '-5', '0', ''])('that asks for patience of "%s" is tried at the usual times', async (value) => {
    const { host } = start()
    host.hub = until(MINUTE, answer(429, '', { 'retry-after': value }))
    await host.runUntil(10 * SECOND)
    expect(secondsOf(host.sentAt)).toEqual([0, 2, 6])
  })

  test('that is slow, but answers in time, is not asked twice', async () => {
    const { host } = start()
    host.hub = () => ({ result: ACCEPTED, afterMs: 4_900 })
    await host.runUntil(59 * SECOND)
    expect(secondsOf(host.sentAt)).toEqual([0, 30])
  })
})

describe('with two hubs', () => {
  const hostsOf = (host: VirtualHost) => host.sent.map(({ request }) => request.host).join('')

  test('the next is asked at once when the first is down, and kept', async () => {
    const { host } = start(TWO_HUBS)
    host.hub = (request) => ({ result: request.host === 'a' ? REFUSED : ACCEPTED, afterMs: 20 })
    await host.runUntil(95 * SECOND)
    expect(hostsOf(host)).toBe('abbbb')
    expect(secondsOf(host.sentAt)).toEqual([0, 0, 30, 60, 90])
  })

  test('a change from one to the other is one line', async () => {
    const { host } = start(TWO_HUBS)
    await host.runUntil(SECOND)
    host.hub = (request) => ({ result: request.host === 'a' ? REFUSED : ACCEPTED, afterMs: 20 })
    await host.runUntil(10 * MINUTE)
    expect(host.lines.slice(1)).toEqual([
      'Heartbeats go to http://b:4000 now: http://a:4000 refuses the connection: is a hub running there? (ECONNREFUSED).',
    ])
  })

  test('one that swallows requests costs its time-out, once', async () => {
    const { host } = start(TWO_HUBS)
    host.hub = (request) => ({ result: ACCEPTED, afterMs: request.host === 'a' ? HOUR : 20 })
    await host.runUntil(65 * SECOND)
    expect(secondsOf(host.sentAt)).toEqual([0, 5, 30, 60])
    expect(hostsOf(host)).toBe('abbb')
  })

  test('the one that refuses does not keep the other, which is away, from being asked', async () => {
    const { host } = start(TWO_HUBS)
    host.hub = (request, now) => {
      if (request.host === 'a') return { result: graphqlError('UNAUTHENTICATED'), afterMs: 20 }
      return { result: now < 10 * MINUTE ? REFUSED : ACCEPTED, afterMs: 20 }
    }
    await host.runUntil(10 * MINUTE + 5 * SECOND)
    expect(host.sentAt.some((at) => at >= 10 * MINUTE)).toBe(true)
    expect(host.lines).toHaveLength(2)
    expect(host.lines[0]).toContain('does not accept the token')
  })

  test('the one that asked for patience is left alone, the other goes on', async () => {
    const { host } = start(TWO_HUBS)
    host.hub = (request) => ({
      result: request.host === 'a' ? answer(429, '', { 'retry-after': '100' }) : REFUSED,
      afterMs: 20,
    })
    await host.runUntil(29 * SECOND)
    expect(hostsOf(host)).toBe('abbbbbb')
  })

  test('both away are tried in turn, each with its own token', async () => {
    const hubs = [hub('http://agent:one@a:4000'), hub('http://agent:two@b:4000')]
    const { host } = start({ ...CONFIG, hubs })
    host.hub = () => ({ result: REFUSED, afterMs: 20 })
    await host.runUntil(5 * SECOND)
    expect(hostsOf(host)).toBe('abab')
    expect(host.sent.map(({ request }) => request.headers.authorization)).toEqual([
      'Bearer one',
      'Bearer two',
      'Bearer one',
      'Bearer two',
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
