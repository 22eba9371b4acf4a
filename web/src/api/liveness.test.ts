import { expect, test } from 'vitest'
import type { ConnectionState } from './connection.ts'
import type { FleetState } from './fleet-sync.ts'
import { isOld, type Liveness, livenessOf } from './liveness.ts'

const LIVE: Liveness = { kind: 'live' }
const LOST: Liveness = { kind: 'lost', nextTryAt: null }
const line = (kind: 'reconnecting' | 'stale'): ConnectionState => ({ kind, lastHeardAt: 1, nextTryAt: 5 })
const failed: FleetState = { kind: 'failed', code: 'UNAVAILABLE', nextTryAt: 9, hadData: true }

test.each<[Liveness, ConnectionState, FleetState, Liveness['kind'], boolean]>([
  [LIVE, { kind: 'live' }, { kind: 'live' }, 'live', false],
  [LIVE, line('reconnecting'), { kind: 'stale' }, 'reconnecting', false],
  [LIVE, line('stale'), { kind: 'stale' }, 'lost', true],
  [LOST, line('reconnecting'), { kind: 'stale' }, 'lost', true],
  [LOST, { kind: 'live' }, { kind: 'stale' }, 'catching-up', true],
  [{ kind: 'reconnecting' }, { kind: 'live' }, { kind: 'stale' }, 'catching-up', false],
  [{ kind: 'catching-up', old: true }, { kind: 'live' }, { kind: 'stale' }, 'catching-up', true],
  [LIVE, { kind: 'live' }, failed, 'failed', true],
  [{ kind: 'connecting' }, { kind: 'live' }, { ...failed, hadData: false }, 'failed', false],
  [{ kind: 'connecting' }, { kind: 'live' }, { kind: 'loading' }, 'connecting', false],
  [{ kind: 'connecting' }, line('stale'), { kind: 'loading' }, 'lost', true],
])('from %o, line %o and fleet %o', (previous, connection, fleet, kind, old) => {
  const liveness = livenessOf(previous, connection, fleet)
  expect(liveness.kind).toBe(kind)
  expect(isOld(liveness)).toBe(old)
})

test('only a live line with a live fleet is live', () => {
  const lines: ConnectionState[] = [{ kind: 'connecting' }, line('reconnecting'), line('stale')]
  for (const state of lines) expect(livenessOf(LIVE, state, { kind: 'live' }).kind).not.toBe('live')
})
