import { expect, test } from 'vitest'
import { FLAG, readArguments, TEXT, TEXTS, wholeNumber } from './arguments.ts'

const OPTIONS = { tag: TEXTS, search: TEXT, json: FLAG }

function read(...args: string[]) {
  return readArguments('server add', args, OPTIONS, ['NAME'])
}

test('options and operands may come in any order', () => {
  expect(read('--tag', 'eu', 'web-1', '--json', '--tag=web')).toEqual({
    values: { tag: ['eu', 'web'], json: true },
    operands: ['web-1'],
  })
  expect(read('--', '-odd-').operands).toEqual(['-odd-'])
})

test.each([
  [[], 'NAME is missing.'],
  [[''], 'NAME must not be empty.'],
  [['a', 'b'], '"b" is one argument too many.'],
  [['a', '--colour'], "Unknown option '--colour'."],
  [['a', '--search'], "Option '--search <value>' argument missing."],
  [['a', '--json=1'], "Option '--json' does not take an argument."],
])('%j is refused in one sentence, with the way to the help', (args, sentence) => {
  expect(() => read(...args)).toThrow(`${sentence}\nSee: stacksense server add --help`)
})

test('a whole number stays in its bounds', () => {
  const read = (given: string | undefined) => wholeNumber('check-heartbeats', 'warn-seconds', given, [1, 86_400])
  expect([undefined, '1', '86400'].map(read)).toEqual([undefined, 1, 86_400])
  for (const given of ['0', '86401', '1.5', '-1', '1e3', 'x', '', ' 5', '9'.repeat(40)]) {
    expect(() => read(given), given).toThrow('--warn-seconds must be a whole number from 1 to 86400')
  }
})
