import { expect, test } from 'vitest'
import type { Proof } from '../ui/proof-words.ts'
import { proofText } from './proof-text.ts'

const at = (time: string) => Date.parse(`2026-11-24T${time}Z`)
const PROOF: Proof = {
  rule: 'SILENT_TOO_LONG',
  evaluatedAt: at('10:06:42'),
  lastHeartbeatAt: at('10:01:13'),
  silenceSeconds: 329,
  limitSeconds: 60,
  activeAlerts: 0,
  activeAnomalies: 0,
  nextTransitionAt: null,
  wouldBecome: null,
}
const SERVER = {
  name: 'db-ams-03',
  status: 'OFFLINE',
  statusReason: 'HEARTBEAT_EXPIRED',
  statusSince: '2026-11-24T10:02:13Z',
} as const

test('the proof as text has day, zone, duration and address, and no special spaces', () => {
  expect(proofText(SERVER, PROOF, { now: at('10:06:42'), live: true }, 'https://hub/servers/117')).toBe(
    'db-ams-03 OFFLINE since 24 Nov 2026 10:02:13 UTC (for 4 min 29 s): last heartbeat 10:01:13, limit 60 s.\nhttps://hub/servers/117',
  )
})

test('over a lost connection it says when that was seen', () => {
  expect(proofText(SERVER, PROOF, { now: at('10:06:42'), live: false }, 'u')).toContain(
    'as last seen at 24 Nov 2026 10:06:42',
  )
})
