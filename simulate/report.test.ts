import { expect, test } from 'vitest'
import { FAULTS, type Finding } from './finding.ts'
import { percentilesOf } from './percentiles.ts'
import { formatReport } from './report.ts'
import type { Result } from './result.ts'

function resultWith(findings: Finding[]): Result {
  return {
    ok: findings.length === 0,
    servers: 1_000,
    silenced: 300,
    intervalMs: 2_000,
    offlineAfterSeconds: 5,
    ranMs: 13_000,
    heartbeats: {
      acknowledged: 5_000,
      refused: 0,
      unsent: 0,
      unanswered: 1,
      latencyMs: null,
      reasons: { ECONNRESET: 1 },
      skippedSlots: 0,
    },
    events: { total: 1_300, offline: 300, live: 1_000 },
    rightlyOffline: 300,
    faults: Object.fromEntries(
      FAULTS.map((fault) => [fault, findings.filter((finding) => finding.fault === fault).length]),
    ) as Result['faults'],
    findings,
    lagMs: {
      offline: { count: 300, p50: 12, p99: 80, max: 91.25 },
      detection: null,
      offlineByOwnClock: null,
      live: null,
    },
    tooSlow: false,
    observationGaps: 0,
    feedReconnects: [],
    clock: { offsetMs: 0.1, uncertaintyMs: 0.5, moved: false },
    simulator: { loopDelayP99Ms: 6, loopDelayMaxMs: 20, worstLatenessMs: 9 },
  }
}

test('a good run ends with a good word', () => {
  const text = formatReport(resultWith([]))
  expect(text).toContain('1,300: 300 OFFLINE')
  expect(text).toContain('p50 12.0 ms  p99 80.0 ms  max 91.3 ms')
  expect(text).toContain('ECONNRESET × 1')
  expect(text).toMatch(/Nothing is wrong\.$/)
})

test('what is wrong is named with its proof, twenty at most', () => {
  const finding: Finding = { fault: 'LOST', server: 'sim-00001', proof: 'because' }
  expect(formatReport(resultWith([finding]))).toContain('lost event: sim-00001: because\nSomething is wrong.')
  expect(formatReport(resultWith(Array(25).fill(finding)))).toContain('... and 5 more')
})

test.each([
  [[], null],
  [[7], { count: 1, p50: 7, p99: 7, max: 7 }],
  [Array.from({ length: 200 }, (_, index) => 200 - index), { count: 200, p50: 100, p99: 198, max: 200 }],
])('percentiles are samples that were seen', (samples, expected) => {
  expect(percentilesOf(samples)).toEqual(expected)
})
