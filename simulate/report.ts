import type { Fault } from './finding.ts'
import type { Percentiles } from './percentiles.ts'
import type { Result } from './result.ts'

/** More of them would hide the first. */
const MOST_FINDINGS = 20

const FAULT_NAMES: Readonly<Record<Fault, string>> = {
  FALSE_OFFLINE: 'false OFFLINE',
  MISSED_OFFLINE: 'missed OFFLINE',
  FALSE_ONLINE: 'false return',
  MISSED_ONLINE: 'missed return',
  DOUBLED: 'doubled event',
  OUT_OF_ORDER: 'event out of order',
  LOST: 'lost event',
  HEARTBEAT_LOST: 'acknowledged heartbeat lost',
  UNTOLD: 'shown but not told',
  HEARTBEAT_REFUSED: 'heartbeats refused',
  NEVER_HEARD: 'never acknowledged',
}

/** The result as a table for people. */
export function formatReport(result: Result): string {
  const { heartbeats, events, lagMs, simulator, clock } = result
  const rows: [string, string][] = [
    [
      'Fleet',
      `${count(result.servers)} servers, every ${result.intervalMs / 1_000} s, OFFLINE after ${result.offlineAfterSeconds} s`,
    ],
    ['Ran for', `${(result.ranMs / 1_000).toFixed(1)} s; ${count(result.silenced)} servers were silenced`],
    ['Heartbeats', heartbeatsText(heartbeats)],
    ['  answered in', times(heartbeats.latencyMs)],
    [
      'Events',
      `${count(events.total)}: ${count(events.offline)} OFFLINE, ${count(events.live)} back to life or first heard`,
    ],
    ['Rightly OFFLINE', count(result.rightlyOffline)],
    ...Object.entries(result.faults).map(([fault, found]): [string, string] => [
      FAULT_NAMES[fault as Fault],
      count(found),
    ]),
    ['Lag to OFFLINE', times(lagMs.offline) + (result.tooSlow ? '  too slow' : '')],
    ['  to the decision', times(lagMs.detection)],
    ['  by own clock', times(lagMs.offlineByOwnClock)],
    ['Lag to ONLINE', times(lagMs.live)],
    [
      "Hub's clock",
      `${clock.offsetMs.toFixed(1)} ms from ours, ± ${clock.uncertaintyMs.toFixed(1)} ms${clock.moved ? ': a clock was moved' : ''}`,
    ],
    ['Observation gaps', count(result.observationGaps)],
    ['Reconnects', [count(result.feedReconnects.length), ...new Set(result.feedReconnects)].join('; ')],
    [
      'Simulator itself',
      `event loop late by p99 ${ms(simulator.loopDelayP99Ms)}, max ${ms(simulator.loopDelayMaxMs)}; a heartbeat left late by ${ms(simulator.worstLatenessMs)} at most`,
    ],
  ]
  const width = Math.max(...rows.map(([name]) => name.length)) + 2
  const table = rows.map(([name, text]) => `${name.padEnd(width)}${text}`)
  return [...table, '', ...findingsText(result), result.ok ? 'Nothing is wrong.' : 'Something is wrong.'].join('\n')
}

function findingsText({ findings }: Result): string[] {
  const lines = findings
    .slice(0, MOST_FINDINGS)
    .map(({ fault, server, proof }) => `${FAULT_NAMES[fault]}: ${server}: ${proof}`)
  const more = findings.length - lines.length
  return more > 0 ? [...lines, `... and ${count(more)} more`, ''] : lines
}

function heartbeatsText({
  acknowledged,
  refused,
  unsent,
  unanswered,
  skippedSlots,
  reasons,
}: Result['heartbeats']): string {
  const numbers = `${count(acknowledged)} acknowledged, ${count(refused)} refused, ${count(unsent)} not sent, ${count(unanswered)} without an answer`
  const why = Object.entries(reasons).map(([reason, times]) => `${reason} × ${count(times)}`)
  return [numbers, skippedSlots > 0 ? `${count(skippedSlots)} slots skipped` : '', ...why].filter(Boolean).join('; ')
}

function times(percentiles: Percentiles | null): string {
  if (!percentiles) return '–'
  return `p50 ${ms(percentiles.p50)}  p99 ${ms(percentiles.p99)}  max ${ms(percentiles.max)}`
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`
}

function count(value: number): string {
  return value.toLocaleString('en-US')
}
