import { describe, expect, test } from 'vitest'
import { CONFIG, HOUR, hub, MINUTE, SECOND, secondsOf, start, until } from '../test/agent-scene.ts'
import { ACCEPTED, answer, graphqlError } from '../test/virtual-host.ts'
import type { PostResult } from './host.ts'

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
