import { expect, test } from 'vitest'
import { table, withPart } from './results.ts'

const AT = new Date('2026-01-02T03:04:05Z')

function part(key: string, body: string) {
  return { key, title: `Title of ${key}`, command: `npm run bench -- ${key}`, body }
}

test('a part that was never measured comes to the end, with how to measure it', () => {
  const text = withPart('# Head\n', part('ingest', 'fast'), 'a machine', AT)
  expect(text).toBe(
    '# Head\n\n<!-- ingest -->\n## Title of ingest\n\n`npm run bench -- ingest`, 2026-01-02, on a machine.\n\nfast\n<!-- /ingest -->\n',
  )
})

test('a part that is measured again keeps its place and leaves the others alone', () => {
  const first = withPart(withPart('# Head\n', part('a', 'old'), 'm', AT), part('b', 'other'), 'm', AT)
  const again = withPart(first, part('a', 'new'), 'm', AT)
  expect(again).toBe(first.replace('old', 'new'))
})

test('a table has a rule under its head', () => {
  expect(table(['a', 'b'], [[1, '2 ms']])).toBe('| a | b |\n| --- | --- |\n| 1 | 2 ms |')
})
