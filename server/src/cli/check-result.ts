import type { ServerRow } from './server-rows.ts'
import { table } from './table.ts'
import {
  count,
  figure,
  goodbye,
  kindOf,
  lastHeard,
  rhythmInBrief,
  type StatusKind,
  silence,
  statusWord,
  why,
} from './words.ts'

/** What a check found. What is counted is the stored status, as everywhere; suspended servers do not count. */
export interface CheckResult {
  /** No server that counts is OFFLINE or waits for its first heartbeat. */
  readonly ok: boolean
  readonly warnSeconds: number
  readonly servers: Readonly<Record<StatusKind, readonly ServerRow[]>>
  /** Alive, but silent for longer than `warnSeconds`. */
  readonly late: readonly ServerRow[]
}

/** Sorts the servers by what they need. Silence that could not be observed makes nobody late. */
export function checkServers(rows: readonly ServerRow[], warnSeconds: number): CheckResult {
  const servers: Record<StatusKind, ServerRow[]> = { offline: [], waiting: [], warning: [], online: [], suspended: [] }
  for (const row of rows) servers[kindOf(row)].push(row)
  return {
    ok: servers.offline.length + servers.waiting.length === 0,
    warnSeconds,
    servers,
    late: [...servers.warning, ...servers.online].filter(({ ageSeconds }) => (ageSeconds ?? 0) > warnSeconds),
  }
}

/** For people: the answer first, then a line for each server that is not as it should be, or for each at all. */
export function reportOf(result: CheckResult, verbose: boolean): string {
  const isLate = new Set(result.late)
  const rows = shownOf(result, verbose).map((row) => [
    statusWord(row),
    row.name,
    `id ${row.id}`,
    explain(row, isLate.has(row)),
  ])
  const sentence = [verdictOf(result), lateOf(result), suspendedOf(result)].filter(Boolean).join(' ')
  return rows.length > 0 ? `${sentence}\n\n${table(rows)}` : sentence
}

/** For programs: the counts as `Query.fleet` names them, and the servers that a report for people would show. */
export function jsonOf(result: CheckResult, verbose: boolean) {
  const { ok, warnSeconds, servers, late } = result
  const { offline, waiting, warning, online, suspended } = servers
  const isLate = new Set(late)
  return {
    ok,
    warnSeconds,
    counts: {
      online: online.length,
      warning: warning.length,
      offline: offline.length,
      neverSeen: waiting.length,
      suspended: suspended.length,
      total: offline.length + waiting.length + warning.length + online.length + suspended.length,
      late: late.length,
    },
    servers: shownOf(result, verbose).map((row) => ({ ...serverJson(row), late: isLate.has(row) })),
  }
}

/** A server for programs, with the API's names. */
export function serverJson({ statusSince, lastHeartbeatAt, evaluatedAt, ...row }: ServerRow) {
  return {
    ...row,
    statusSince: new Date(statusSince).toISOString(),
    lastHeartbeatAt: lastHeartbeatAt === null ? null : new Date(lastHeartbeatAt).toISOString(),
    evaluatedAt: new Date(evaluatedAt).toISOString(),
  }
}

/** Worst first. */
function shownOf({ servers, late }: CheckResult, verbose: boolean): ServerRow[] {
  const { offline, waiting, warning, online, suspended } = servers
  return verbose ? [...offline, ...waiting, ...warning, ...online, ...suspended] : [...offline, ...waiting, ...late]
}

function verdictOf({ ok, servers: { offline, waiting, warning, online, suspended } }: CheckResult): string {
  const counted = offline.length + waiting.length + warning.length + online.length
  if (counted === 0) return suspended.length === 0 ? 'No servers yet.' : 'No server is watched.'
  if (ok) return counted === 1 ? 'The server is alive.' : `All ${figure(counted)} servers are alive.`

  const parts = []
  if (offline.length > 0) parts.push(`${figure(offline.length)} OFFLINE`)
  if (waiting.length > 0)
    parts.push(`${figure(waiting.length)} waiting for ${waiting.length === 1 ? 'its' : 'their'} first heartbeat`)
  const bad = offline.length + waiting.length
  return `${figure(bad)} of ${count(counted, 'server')} ${bad === 1 ? 'is' : 'are'} not alive: ${parts.join(', ')}.`
}

function lateOf({ late, warnSeconds }: CheckResult): string {
  if (late.length === 0) return ''
  return `${count(late.length, 'server')} ${late.length === 1 ? 'is' : 'are'} alive, but silent for more than ${figure(warnSeconds)} s.`
}

function suspendedOf({ servers: { suspended } }: CheckResult): string {
  if (suspended.length === 0) return ''
  return `${count(suspended.length, 'suspended server')} ${suspended.length === 1 ? 'does' : 'do'} not count.`
}

function explain(row: ServerRow, late: boolean): string {
  const reason = why(row)
  const heard = late ? silence(row) : `last heartbeat ${lastHeard(row)}`
  const isAlive = kindOf(row) === 'online' || kindOf(row) === 'warning'
  const parts = isAlive ? [reason, heard] : [reason, goodbye(row)]
  return [...parts, rhythmInBrief(row)].filter(Boolean).join('; ')
}
