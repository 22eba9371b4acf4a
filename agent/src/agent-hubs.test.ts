import { describe, expect, test } from 'vitest'
import { CONFIG, HOUR, hub, MINUTE, SECOND, secondsOf, start } from '../test/agent-scene.ts'
import { ACCEPTED, answer, graphqlError, REFUSED, type VirtualHost } from '../test/virtual-host.ts'
import type { Config } from './config.ts'

const TWO_HUBS: Config = { ...CONFIG, hubs: [hub('http://a:4000'), hub('http://b:4000')] }

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
