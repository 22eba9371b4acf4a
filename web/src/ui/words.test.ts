import { describe, expect, test } from 'vitest'
import { announcement, type ChangeFacts, happened, happenedBecause } from './change-words.ts'
import { NBSP } from './durations.ts'
import { type FleetTally, fleetSentence, fleetSummary } from './fleet-words.ts'
import { ago, forHowLong, lastHeard, type Moment, type ServerFacts, why, whyBriefly } from './words.ts'

const NOW = Date.parse('2026-11-24T10:06:42Z')
const LIVE: Moment = { now: NOW, live: true }
const LOST: Moment = { now: NOW, live: false }
const at = (time: string) => Date.parse(`2026-11-24T${time}Z`)
const plain = (text: string) => text.replaceAll(NBSP, ' ')

function tally(counts: Partial<FleetTally> = {}): FleetTally {
  const all = { offline: 0, warning: 0, online: 0, waiting: 0, suspended: 0, newOffline: 0, newWarning: 0, ...counts }
  const total = all.offline + all.warning + all.online + all.waiting + all.suspended
  return { ...all, total, needYou: all.newOffline + all.newWarning }
}

function server(facts: Partial<ServerFacts> = {}): ServerFacts {
  return {
    status: 'OFFLINE',
    reason: 'HEARTBEAT_EXPIRED',
    limitSeconds: 60,
    lastHeartbeatAt: at('10:01:13'),
    alerts: [],
    anomalies: [],
    ...facts,
  }
}

function change(facts: Partial<ChangeFacts> = {}): ChangeFacts {
  return {
    from: 'ONLINE',
    fromReason: null,
    to: 'OFFLINE',
    reason: 'HEARTBEAT_EXPIRED',
    at: at('10:02:13'),
    lastHeartbeatAt: at('10:01:13'),
    lastedMs: null,
    alerts: [],
    anomalies: [],
    gap: null,
    ...facts,
  }
}

describe('the fleet sentence', () => {
  test.each([
    [tally(), 'No servers yet'],
    [tally({ online: 248 }), 'No server needs you'],
    [tally({ offline: 1, newOffline: 1 }), '1 server needs you'],
    [tally({ offline: 1, newOffline: 1, online: 247 }), '1 of 248 servers needs you'],
    [tally({ offline: 2, newOffline: 2, warning: 4, newWarning: 1, online: 242 }), '3 of 248 servers need you'],
    [tally({ offline: 1_200, newOffline: 1_200, online: 8_800 }), '1,200 of 10,000 servers need you'],
  ])('counts agree', (counts, said) => {
    expect(fleetSentence(counts)).toBe(said)
  })

  test('over a lost connection it is past', () => {
    expect(fleetSentence(tally({ offline: 3, newOffline: 3, online: 245 }), false)).toBe('3 of 248 servers needed you')
    expect(fleetSentence(tally({ online: 5 }), false)).toBe('No server needed you')
  })

  test('the summary tells the problems apart and when anything last changed', () => {
    const counts = tally({
      offline: 2,
      newOffline: 2,
      warning: 4,
      newWarning: 1,
      online: 237,
      waiting: 2,
      suspended: 3,
    })
    expect(plain(fleetSummary(counts, NOW - 22_000, LIVE))).toBe(
      '2 are offline, 1 has a new warning. 3 more problems are acknowledged. Last change 22 s ago.',
    )
  })

  test('the summary of a quiet fleet accounts for every server', () => {
    const counts = tally({ online: 243, waiting: 2, suspended: 3 })
    expect(plain(fleetSummary(counts, NOW - 7_440_000, LIVE))).toBe(
      'All 243 that should beat do. 2 wait for their first heartbeat, 3 are suspended. Last change 2 h 4 min ago.',
    )
    expect(fleetSummary(tally({ waiting: 1 }), null, LIVE)).toBe('1 waits for its first heartbeat.')
    expect(fleetSummary(tally({ online: 1 }), null, LIVE)).toBe('It beats as it should.')
    expect(fleetSummary(tally({ warning: 2, online: 3 }), null, LIVE)).toBe('2 problems are acknowledged.')
  })
})

describe('why', () => {
  test('silence ticks while live, and is a time when not', () => {
    expect(plain(why(server(), LIVE))).toBe('No heartbeat for 5 min 29 s, limit 60 s.')
    expect(plain(why(server(), LOST))).toBe('No heartbeat since 10:01:13, limit 60 s.')
    expect(plain(whyBriefly(server(), LIVE))).toBe('no heartbeat since 10:01:13, limit 60 s')
  })

  test('who is OFFLINE was silent for the limit at least, also where our clock is a moment behind', () => {
    expect(plain(why(server({ lastHeartbeatAt: NOW - 59_900 }), LIVE))).toBe('No heartbeat for 1 min, limit 60 s.')
  })

  test('a warning is told by its first cause and the number of others', () => {
    const warned = { status: 'WARNING', reason: 'ACTIVE_ALERTS' } as const
    const disk = { message: 'Disk / 91.0 % used, limit 90 %.' }
    expect(why(server({ ...warned, alerts: [disk] }), LIVE)).toBe('Disk / 91.0 % used, limit 90 %.')
    expect(why(server({ ...warned, alerts: [disk, disk, disk] }), LIVE)).toBe(
      'Disk / 91.0 % used, limit 90 %, and 2 more alerts.',
    )
    expect(why(server({ ...warned, alerts: [] }), LIVE)).toBe('An alert is active.')
    expect(why(server({ status: 'WARNING', reason: 'ACTIVE_ANOMALIES' }), LIVE)).toBe('An anomaly is active.')
  })

  test('a healthy server needs no reason', () => {
    expect(why(server({ status: 'ONLINE', reason: 'HEALTHY' }), LIVE)).toBe('')
  })
})

describe('ages', () => {
  test('become times when the connection is lost', () => {
    expect(plain(ago(at('10:06:31'), LIVE))).toBe('11 s ago')
    expect(ago(at('10:06:31'), LOST)).toBe('10:06:31')
    expect(plain(forHowLong(at('10:02:13'), LIVE))).toBe('for 4 min 29 s')
    expect(forHowLong(at('10:02:13'), LOST)).toBe('since 10:02:13')
  })

  const online = { reason: 'HEALTHY', lastHeartbeatAt: NOW - 20_000 } as const

  test('a reading that is old is not counted on: the server is only said to be beating', () => {
    expect(plain(lastHeard({ ...online, heardAsOf: NOW - 15_000 }, LIVE))).toBe('20 s ago')
    expect(lastHeard({ ...online, heardAsOf: NOW - 15_001 }, LIVE)).toBe('beating')
  })

  test('silence that the hub has declared is counted on for ever', () => {
    const silent = { reason: 'HEARTBEAT_EXPIRED', lastHeartbeatAt: at('10:01:13'), heardAsOf: at('10:02:13') } as const
    expect(plain(lastHeard(silent, LIVE))).toBe('5 min 29 s ago')
  })

  test('nothing was heard of a server that waits', () => {
    expect(lastHeard({ reason: 'NEVER_SEEN', lastHeartbeatAt: null, heardAsOf: NOW }, LIVE)).toBe('–')
  })
})

describe('what happened', () => {
  test.each([
    [change(), 'went OFFLINE', 'no heartbeat since 10:01:13'],
    [
      change({ from: 'OFFLINE', to: 'ONLINE', reason: 'HEALTHY', lastedMs: 127_000 }),
      'is ONLINE',
      'was OFFLINE for 2 min 7 s',
    ],
    [change({ from: 'OFFLINE', to: 'ONLINE', reason: 'HEALTHY' }), 'is ONLINE', 'was OFFLINE'],
    [
      change({ from: 'OFFLINE', fromReason: 'NEVER_SEEN', to: 'ONLINE', reason: 'HEALTHY', lastedMs: 22_000 }),
      'is ONLINE',
      'first heartbeat, after 22 s',
    ],
    [
      change({ from: 'OFFLINE', fromReason: 'SUSPENDED', to: 'ONLINE', reason: 'HEALTHY' }),
      'is ONLINE',
      'suspension ended',
    ],
    [change({ reason: 'SUSPENDED' }), 'was suspended', 'heartbeats are stored, nobody is notified'],
    [change({ to: 'WARNING', reason: 'ACTIVE_ALERTS', alerts: [{ message: 'CPU 96 %' }] }), 'is WARNING', 'CPU 96 %'],
    [change({ from: 'WARNING', to: 'WARNING', reason: 'ACTIVE_ANOMALIES' }), 'is still WARNING', 'an anomaly was seen'],
  ])('is said in words', (event, predicate, detail) => {
    expect(happened(event)).toBe(predicate)
    expect(plain(happenedBecause(event, LIVE))).toBe(detail)
  })

  test('a death that we slept through is told with the gap', () => {
    const gap = { from: at('09:00:00'), until: at('09:28:13') }
    expect(plain(happenedBecause(change({ gap }), LIVE))).toBe(
      'no heartbeat since 10:01:13; the exact moment is unknown, we could not observe 28 min 13 s of it',
    )
  })

  test('few changes are spoken by name, many by number', () => {
    const named = (serverName: string, facts: Partial<ChangeFacts> = {}) => ({
      ...change(facts),
      serverId: serverName,
      serverName,
    })
    expect(announcement([named('db-ams-03')])).toBe('db-ams-03 went OFFLINE.')
    const many = [named('a'), named('b'), named('c', { to: 'ONLINE', reason: 'HEALTHY' })]
    expect(announcement(many)).toBe('2 servers became OFFLINE. 1 server became ONLINE.')
  })

  test('servers are counted, not changes', () => {
    const named = (serverId: string, to: ChangeFacts['to']) => ({
      ...change({ to, reason: to === 'ONLINE' ? 'HEALTHY' : 'HEARTBEAT_EXPIRED' }),
      serverId,
      serverName: serverId,
    })
    expect(announcement([named('a', 'OFFLINE'), named('b', 'OFFLINE'), named('a', 'ONLINE')])).toBe(
      '1 server became ONLINE. 1 server became OFFLINE.',
    )
  })
})
