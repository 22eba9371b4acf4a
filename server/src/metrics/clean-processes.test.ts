import { expect, test } from 'vitest'
import { cleanProcesses } from './clean-processes.ts'

const NGINX = { pid: 7, name: 'nginx', cpuPercent: 1.5, memoryBytes: 4_096 }

test('a list is kept as it came; none at all is an empty one', () => {
  expect(cleanProcesses([NGINX], '')).toEqual([NGINX])
  expect([cleanProcesses(null, ''), cleanProcesses(undefined, '')]).toEqual([[], []])
})

test.each([
  ['a line break', 'a\nb', 'a\ufffdb'],
  ['a NUL byte', 'a\0b', 'a\ufffdb'],
  ['half of a character', 'a\ud83d', 'a\ufffd'],
  ['a turn of the direction', '\u202eevil', '\ufffdevil'],
  ['more than 64 characters', '😀'.repeat(70), '😀'.repeat(64)],
])('a name with %s is made printable', (_what, name, shown) => {
  expect(cleanProcesses([{ ...NGINX, name }], '')[0]?.name).toBe(shown)
})

test.each([
  ['topProcesses', {}],
  ['topProcesses', Array(21).fill(NGINX)],
  ['topProcesses.0', [null]],
  ['topProcesses.0.pid', [{ ...NGINX, pid: 0 }]],
  ['topProcesses.1.pid', [NGINX, { ...NGINX, pid: 1.5 }]],
  ['topProcesses.0.name', [{ ...NGINX, name: '' }]],
  ['topProcesses.0.name', [{ ...NGINX, name: 3 }]],
  ['topProcesses.0.cpuPercent', [{ ...NGINX, cpuPercent: 140 }]],
  ['topProcesses.0.memoryBytes', [{ ...NGINX, memoryBytes: -1 }]],
])('what is no list of processes is refused by name: %s', (field, value) => {
  expect(() => cleanProcesses(value, 'input.')).toThrow(
    expect.objectContaining({ details: { field: `input.${field}` } }),
  )
})
