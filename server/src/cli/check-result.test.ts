import { expect, test } from 'vitest'
import { checkServers, jsonOf, reportOf } from './check-result.ts'
import { findByNameOrId, listServerRows, type ServerRow } from './server-rows.ts'

const NOW = Date.UTC(2026, 0, 1, 12)
let made = 0

/** A server that was heard some seconds ago. */
function heard(secondsAgo: number | null, facts: Partial<ServerRow> = {}): ServerRow {
  return {
    id: `${++made}`,
    name: `web-${made}`,
    tags: [],
    status: 'ONLINE',
    statusReason: 'HEALTHY',
    statusSince: NOW - 3_600_000,
    offlineAfterSeconds: 60,
    lastHeartbeatAt: secondsAgo === null ? null : NOW - secondsAgo * 1_000,
    ageSeconds: secondsAgo,
    evaluatedAt: NOW,
    ...facts,
  }
}

const offline = () => heard(329, { id: '12', name: 'db-3', status: 'OFFLINE', statusReason: 'HEARTBEAT_EXPIRED' })
const waiting = () => heard(null, { id: '7', name: 'new', status: 'OFFLINE', statusReason: 'NEVER_SEEN' })
const suspended = () => heard(9_000, { name: 'old', status: 'OFFLINE', statusReason: 'SUSPENDED' })
const warned = () => heard(3, { status: 'WARNING', statusReason: 'ACTIVE_ALERTS' })

test.each([
  ['nobody', [], true, 'No servers yet.'],
  ['one that beats', [heard(3)], true, 'The server is alive.'],
  ['two that beat, one with an alert', [heard(3), warned()], true, 'All 2 servers are alive.'],
  ['an OFFLINE one', [heard(3), offline()], false, '1 of 2 servers is not alive: 1 OFFLINE.'],
  ['one that waits', [waiting()], false, '1 of 1 server is not alive: 1 waiting for its first heartbeat.'],
  ['a suspended one', [heard(3), suspended()], true, 'The server is alive. 1 suspended server does not count.'],
  ['only suspended ones', [suspended()], true, 'No server is watched. 1 suspended server does not count.'],
])('%s', (_, rows, ok, sentence) => {
  const result = checkServers(rows, 60)
  expect(result.ok).toBe(ok)
  expect(reportOf(result, false).split('\n')[0]).toBe(sentence)
})

test('a report names who is not alive, aligned, the worst first; a verbose one names everybody', () => {
  const result = checkServers([waiting(), heard(11, { id: '8', name: 'web' }), offline()], 60)
  expect(reportOf(result, false)).toBe(`2 of 3 servers are not alive: 1 OFFLINE, 1 waiting for its first heartbeat.

OFFLINE  db-3  id 12  no heartbeat for 5 min 29 s, limit 60 s
Waiting  new   id 7   waiting for its first heartbeat`)
  expect(reportOf(result, true).split('\n').at(-1)).toBe('ONLINE   web   id 8   last heartbeat 11 s ago')
})

test('who is silent for more than the seconds to warn at is alive all the same, and named', () => {
  const slow = (seconds: number) => heard(seconds, { id: '5', name: 'slow', offlineAfterSeconds: 300 })
  expect(checkServers([slow(60)], 60).late).toEqual([])
  const result = checkServers([slow(60.001), suspended()], 60)
  expect(result.ok).toBe(true)
  expect(reportOf(result, false)).toBe(`The server is alive. 1 server is alive, but silent for more than 60 s. \
1 suspended server does not count.

ONLINE  slow  id 5  no heartbeat for 1 min`)
})

test('silence that the hub could not observe makes nobody late', () => {
  expect(checkServers([heard(600, { ageSeconds: 20 })], 60).late).toEqual([])
})

test('for programs: the counts by the names of the API, and times as it gives them', () => {
  const result = checkServers([waiting(), warned(), suspended(), offline(), heard(61, { offlineAfterSeconds: 90 })], 60)
  const json = jsonOf(result, false)
  expect(json).toMatchObject({
    ok: false,
    warnSeconds: 60,
    counts: { online: 1, warning: 1, offline: 1, neverSeen: 1, suspended: 1, total: 5, late: 1 },
  })
  expect(json.servers.map(({ statusReason, late }) => `${statusReason} ${late}`)).toEqual([
    'HEARTBEAT_EXPIRED false',
    'NEVER_SEEN false',
    'HEALTHY true',
  ])
  expect(json.servers[0]).toMatchObject({
    lastHeartbeatAt: '2026-01-01T11:54:31.000Z',
    evaluatedAt: '2026-01-01T12:00:00.000Z',
  })
  expect(jsonOf(result, true).servers).toHaveLength(5)
})

test('all pages are read', async () => {
  const node = (id: string) => ({
    id,
    statusSince: '2026-01-01T12:00:00.000Z',
    heartbeat: { lastHeartbeatAt: null },
    statusExplanation: { evaluatedAt: '2026-01-01T12:00:00.000Z', ageSeconds: null },
  })
  const pages: Record<string, [string, string | null]> = { start: ['1', 'a'], a: ['2', 'b'], b: ['3', null] }
  const ask = async (_: string, variables: Readonly<Record<string, unknown>> = {}) => {
    const [id, endCursor] = pages[String(variables.after ?? 'start')] as [string, string | null]
    return { servers: { nodes: [node(id)], pageInfo: { hasNextPage: endCursor !== null, endCursor } } } as never
  }
  expect((await listServerRows({ ask })).map(({ id }) => id)).toEqual(['1', '2', '3'])
})

test('a name that is the id of another is refused rather than guessed', () => {
  const list = [
    { id: '1', name: '2' },
    { id: '2', name: 'b' },
  ]
  expect(findByNameOrId('server remove', 'server', list, 'b')).toBe(list[1])
  expect(findByNameOrId('server remove', 'server', list, '1')).toBe(list[0])
  expect(() => findByNameOrId('server remove', 'server', list, '2')).toThrow(
    'the name of one server and the id of another',
  )
  expect(() => findByNameOrId('server remove', 'server', list, 'B')).toThrow('No server has the name or id "B".')
})

test('with an agent that said goodbye the reason stands there, and when it will be back', () => {
  const farewell = { reason: 'REBOOT', expectedBackAt: NOW + 300_000 } as const
  expect(reportOf(checkServers([{ ...offline(), farewell }], 60), false)).toContain(
    'limit 60 s; said goodbye: reboot, back by 12:05 UTC',
  )
})

test('what was out of the ordinary in the heartbeats is named, the rest is not', () => {
  const rhythm = {
    missedSlots: 0,
    nearMisses: 1,
    retries: 12,
    reboots: 0,
    agentRestarts: 2,
    sharedTokenAt: '2026-01-01T11:00:00.000Z',
    clockSkewSeconds: -90.2,
  }
  const report = reportOf(checkServers([heard(3, { rhythm })], 60), true)
  expect(report).toContain(
    '1 near miss, 12 retries, 2 restarts of the agent, two machines use its token, its clock is 90 s behind',
  )
})
