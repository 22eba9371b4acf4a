import { readdirSync, readFileSync } from 'node:fs'

/** The kernel counts CPU time in hundredths of a second, on every Linux that Node runs on. */
const TICK_MS = 10

interface ProcessTimes {
  readonly parent: number
  /** Of itself. */
  readonly ownMs: number
  /** Of its children that have ended and were waited for. */
  readonly endedChildrenMs: number
}

/** CPU time of a process since its start, all threads, user and system. */
export function cpuMsOf(pid: number): number {
  return timesOf(pid)?.ownMs ?? 0
}

/** CPU time of a process, of the children that it has, and of those that it had. */
export function cpuMsOfFamily(pid: number): number {
  let sum = 0
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const times = timesOf(Number(name))
    if (!times) continue
    if (Number(name) === pid) sum += times.ownMs + times.endedChildrenMs
    else if (times.parent === pid) sum += times.ownMs
  }
  return sum
}

function timesOf(pid: number): ProcessTimes | undefined {
  const stat = read(`/proc/${pid}/stat`)
  if (stat === undefined) return undefined
  // The name, in brackets, may hold spaces and brackets itself.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [parent, user, system, userOfChildren, systemOfChildren] = [1, 11, 12, 13, 14].map((i) => Number(fields[i]))
  return {
    parent: parent as number,
    ownMs: ((user as number) + (system as number)) * TICK_MS,
    endedChildrenMs: ((userOfChildren as number) + (systemOfChildren as number)) * TICK_MS,
  }
}

/** Resident memory of a process in MB of 1,000,000 bytes. */
export function residentMb(pid: number): number {
  const kib = /^VmRSS:\s+(\d+)/m.exec(read(`/proc/${pid}/status`) ?? '')?.[1]
  return (Number(kib ?? 0) * 1_024) / 1_000_000
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined // it has ended
  }
}
