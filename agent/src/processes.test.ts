import { expect, test } from 'vitest'
import { Largest, parseProcess, parseResident, processIds } from './processes.ts'

/** Fields 3 to 24 and some, as the kernel writes them. */
const stat = (name: string) =>
  `4711 (${name}) S 1 4711 4711 0 -1 4194560 100 0 0 0 250 150 9 9 20 0 3 0 88000 12345678 512 18446744073709551615 1 1`

test.each(['nginx', 'a b', ':-) (x)', 'tmux: server', ''])('a process by the name of "%s" is read', (name) => {
  expect(parseProcess(stat(name))).toEqual({ name, ticks: 400, startedAt: 88_000, pages: 512 })
})

test.each(['', '4711', '4711 (nginx)', '4711 (nginx) S 1 2 3', stat('x').replace('250', 'many')])(
  'what is no process is none: "%s"',
  (text) => expect(parseProcess(text)).toBeUndefined(),
)

test("memory is the resident set; the kernel's own have none", () => {
  expect(parseResident('Name:\tnginx\nVmPeak:\t   900 kB\nVmRSS:\t     512 kB\n')).toBe(524_288)
  expect(parseResident('Name:\tkworker/0:1\n')).toBe(0)
})

test('processes are what has a number, in the order of the numbers', () => {
  expect(processIds(['self', '10', '9', 'sys', '100', '1x'])).toEqual([9, 10, 100])
})

test('the largest are kept, the largest first, and nothing is not large', () => {
  const largest = new Largest<string>(3)
  for (const number of [2, 0, 9, 4, 4, 1, 7]) largest.offer(`no. ${number}`, number)
  expect(largest.items).toEqual(['no. 9', 'no. 7', 'no. 4'])
  expect([largest.takes(4), largest.takes(5)]).toEqual([false, true])
  expect(new Largest<string>(3).takes(0)).toBe(false)
})
