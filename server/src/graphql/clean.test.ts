import { expect, test } from 'vitest'
import {
  cleanId,
  cleanLine,
  cleanNumber,
  cleanOfflineAfter,
  cleanPage,
  cleanProse,
  cleanRange,
  cleanServerIds,
  cleanTags,
} from './clean.ts'
import { cleanNewAlert, cleanNewServer, cleanNote, cleanServerChanges, cleanServerFilter } from './clean-input.ts'

function refusalOf(clean: () => unknown) {
  try {
    return { clean: clean() }
  } catch (error) {
    const { code, details } = error as { code: string; details: { field?: string } }
    return details.field === undefined ? code : `${code} ${details.field}`
  }
}

test('text is trimmed', () => {
  expect(cleanLine('  web 1\t', 'name', 10)).toBe('web 1')
  expect(cleanProse(' one\n\ttwo ', 'note', 20)).toBe('one\n\ttwo')
})

test.each([
  ['empty', ''],
  ['nothing but blanks', ' \n '],
  ['too long', 'x'.repeat(11)],
  ['a megabyte of blanks', ' '.repeat(1_000_000)],
  ['a NUL byte', 'a\0b'],
  ['a line break', 'a\nb'],
  ['an escape sequence', 'a\u001b[31mb'],
  ['a C1 control', 'a\u0085b'],
  ['half a surrogate pair', 'a\ud800b'],
])('a line that is %s is refused', (_, text) => {
  expect(refusalOf(() => cleanLine(text, 'input.name', 10))).toBe('BAD_USER_INPUT input.name')
})

test('prose may have line breaks but no NUL', () => {
  expect(refusalOf(() => cleanProse('a\r\nb\0', 'note', 10))).toBe('BAD_USER_INPUT note')
})

test('tags are each once, and a bad one is named', () => {
  expect(cleanTags(['web', ' web ', 'db'], 'input.tags')).toEqual(['web', 'db'])
  expect(cleanTags(Array(500).fill('web'), 'input.tags')).toEqual(['web'])
  expect(refusalOf(() => cleanTags(['web', ''], 'input.tags'))).toBe('BAD_USER_INPUT input.tags[1]')
  expect(refusalOf(() => cleanTags(['x'.repeat(51)], 'input.tags'))).toBe('BAD_USER_INPUT input.tags[0]')
  const many = (count: number) => Array.from({ length: count }, (_, i) => `tag ${i}`)
  expect(cleanTags(many(20), 'input.tags')).toHaveLength(20)
  expect(refusalOf(() => cleanTags(many(21), 'input.tags'))).toBe('BAD_USER_INPUT input.tags')
  expect(refusalOf(() => cleanTags(Array(100_000).fill('web'), 'input.tags'))).toBe('BAD_USER_INPUT input.tags')
})

test.each(['', '0', '-1', '01', '1.0', '1e3', ' 1', '2147483648', '99999999999999999999', 'abc', '1\0', "1'--"])(
  '%j is no id',
  (id) => {
    expect(refusalOf(() => cleanId(id, 'id'))).toBe('BAD_USER_INPUT id')
  },
)

test('ids are named by their place', () => {
  expect(cleanServerIds(['1', '2147483647'], 'filter.ids')).toEqual([1, 2_147_483_647])
  expect(refusalOf(() => cleanServerIds(['1', 'x'], 'filter.ids'))).toBe('BAD_USER_INPUT filter.ids[1]')
  expect(refusalOf(() => cleanServerIds(Array(1_001).fill('1'), 'filter.ids'))).toBe('BAD_USER_INPUT filter.ids')
})

test.each([
  [1, false],
  [2, true],
  [86_400, true],
  [86_401, false],
])('a threshold of %d s: %s', (seconds, fine) => {
  expect(refusalOf(() => cleanOfflineAfter(seconds, 's'))).toEqual(fine ? { clean: seconds } : 'BAD_USER_INPUT s')
})

test('an infinite number is refused', () => {
  expect(refusalOf(() => cleanNumber(Number('1e999'), 'input.value'))).toBe('BAD_USER_INPUT input.value')
})

test.each([
  [{}, {}],
  [
    { first: 1_000, after: 'c' },
    { first: 1_000, after: 'c' },
  ],
  [
    { last: 1, before: 'c' },
    { last: 1, before: 'c' },
  ],
  [{ first: null, last: 5 }, { last: 5 }],
])('the page %j is fine', (given, clean) => {
  expect(cleanPage(given)).toEqual(clean)
})

test.each([
  [{ first: 0 }, 'BAD_USER_INPUT first'],
  [{ first: 1_001 }, 'BAD_USER_INPUT first'],
  [{ first: -1 }, 'BAD_USER_INPUT first'],
  [{ last: 1_001 }, 'BAD_USER_INPUT last'],
  [{ first: 1, last: 1 }, 'BAD_USER_INPUT first'],
  [{ first: 1, before: 'c' }, 'BAD_USER_INPUT first'],
  [{ last: 1, after: 'c' }, 'BAD_USER_INPUT after'],
  [{ after: 'x'.repeat(1_001) }, 'BAD_CURSOR'],
])('the page %j is refused', (given, refusal) => {
  expect(refusalOf(() => cleanPage(given))).toBe(refusal)
})

test('a range must not run backwards', () => {
  expect(cleanRange(null, 5)).toEqual([null, 5])
  expect(refusalOf(() => cleanRange(5, 5))).toBe('BAD_USER_INPUT from')
})

test('a new server has defaults; a change has only what was given', () => {
  expect(cleanNewServer({ name: ' web ' })).toEqual({ name: 'web', tags: [], description: '', offlineAfterSeconds: 60 })
  expect(cleanServerChanges({ name: null, description: '' })).toEqual({ description: '' })
})

test.each([
  ['input.name', () => cleanNewServer({ name: 'x'.repeat(101) })],
  ['input.description', () => cleanNewServer({ name: 'x', description: 'x'.repeat(2_001) })],
  ['input.offlineAfterSeconds', () => cleanServerChanges({ offlineAfterSeconds: 1 })],
  ['input.key', () => cleanNewAlert({ serverId: '1', key: 'x'.repeat(201), severity: 'INFO', message: 'x' })],
  ['input.message', () => cleanNewAlert({ serverId: '1', key: 'x', severity: 'INFO', message: ' ' })],
  [
    'input.threshold',
    () =>
      cleanNewAlert({ serverId: '1', key: 'x', severity: 'INFO', message: 'x', threshold: Number.POSITIVE_INFINITY }),
  ],
  ['input.serverId', () => cleanNewAlert({ serverId: '0', key: 'x', severity: 'INFO', message: 'x' })],
  ['note', () => cleanNote('x'.repeat(2_001))],
  ['filter.search', () => cleanServerFilter({ search: 'a\0' })],
])('%s is refused by name', (field, clean) => {
  expect(refusalOf(clean)).toBe(`BAD_USER_INPUT ${field}`)
})

test('an empty note is none', () => {
  expect(cleanNote('  ')).toBeNull()
})
