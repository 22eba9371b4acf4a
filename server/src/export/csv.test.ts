import { expect, test } from 'vitest'
import { csvLine } from './csv.ts'

test.each([
  ['a plain line', ['web-1', 91.5, true, null], 'web-1,91.5,true,\r\n'],
  ['what separates is quoted', ['a,b', 'two\nlines', 'say "x"'], '"a,b","two\nlines","say ""x"""\r\n'],
  ['a formula becomes text', ['=HYPERLINK("http://evil")'], `"'=HYPERLINK(""http://evil"")"\r\n`],
  ['whatever begins one', ['+1', '-1', '@x', '\tx', '\rx'], `'+1,'-1,'@x,'\tx,"'\rx"\r\n`],
  ['a negative number stays a number', [-1], '-1\r\n'],
  ['within a text nothing is changed', ['1=1', 'a-b'], '1=1,a-b\r\n'],
])('%s', (_, cells, line) => {
  expect(csvLine(cells)).toBe(line)
})
