import type { ProcessUsage } from '../core/metrics.ts'
import { badField, cleanNumber, cleanPercent } from './clean-number.ts'

/** The most processes of one sample: an agent sends ten of those that compute most and ten of the largest, or fewer. */
const MAX_PROCESSES = 20
const MAX_NAME = 64
const MAX_PID = 2_147_483_647

/** What would break a line, or turn the order of what stands beside it. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/**
 * The processes of a sample; none where nothing was said. A name is whatever its program likes: it is cut and made printable
 * rather than refused.
 *
 * @throws Refusal BAD_USER_INPUT that names the field
 */
export function cleanProcesses(value: unknown, prefix: string): readonly ProcessUsage[] {
  if (value === undefined || value === null) return []
  const field = `${prefix}topProcesses`
  if (!Array.isArray(value)) throw badField(field, 'is not a list.')
  if (value.length > MAX_PROCESSES) throw badField(field, `has more than ${MAX_PROCESSES} entries.`)
  return value.map((process, i) => cleanProcess(process, `${field}.${i}`))
}

function cleanProcess(process: unknown, field: string): ProcessUsage {
  if (typeof process !== 'object' || process === null) throw badField(field, 'is not an object.')
  const { pid, name, cpuPercent, memoryBytes } = process as Record<string, unknown>
  if (!Number.isInteger(pid) || Number(pid) < 1 || Number(pid) > MAX_PID) {
    throw badField(`${field}.pid`, 'is not the number of a process.')
  }
  if (typeof name !== 'string' || name.length === 0) throw badField(`${field}.name`, 'is not a name.')
  return {
    pid: Number(pid),
    name: printable(name),
    cpuPercent: cleanPercent(cleanNumber(cpuPercent, `${field}.cpuPercent`), `${field}.cpuPercent`),
    memoryBytes: cleanNumber(memoryBytes, `${field}.memoryBytes`),
  }
}

function printable(name: string): string {
  const cut = [...name.slice(0, 2 * MAX_NAME)].slice(0, MAX_NAME).join('')
  return cut.toWellFormed().replace(UNPRINTABLE, '\ufffd')
}
