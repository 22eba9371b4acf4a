import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'

/** What a page may load before it works. */
const LIMIT_BYTES = 200_000
const DIST = fileURLToPath(new URL('../web/dist', import.meta.url))
const ASSETS = `${DIST}/assets`

const text = new Map(
  readdirSync(ASSETS).flatMap((file) =>
    file.endsWith('.js') ? [[file, readFileSync(`${ASSETS}/${file}`, 'utf8')] as const] : [],
  ),
)
const entry = /src="\/assets\/([^"]+\.js)"/.exec(readFileSync(`${DIST}/index.html`, 'utf8'))?.[1] ?? ''
const pages = [...text.keys()].filter((file) => /Page-[\w-]+\.js$/.test(file))

/** The file and all that it imports before it runs; what it imports later is not followed. */
function closure(file: string, known = new Set<string>()): Set<string> {
  if (known.has(file)) return known
  known.add(file)
  for (const [, other = ''] of (text.get(file) ?? '').matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g))
    closure(other, known)
  return known
}

function bytesFor(page: string): number {
  const files = closure(page, closure(entry))
  return [...files].reduce((sum, file) => sum + gzipSync(text.get(file) ?? '').length, 0)
}

test('each page begins with less than 200 KB of JavaScript, compressed', () => {
  expect(pages.length).toBeGreaterThan(5)
  for (const page of pages) expect(bytesFor(page), page).toBeLessThan(LIMIT_BYTES)
})

test('pages are loaded when they are gone to, charts when they are looked at', () => {
  const first = closure(entry)
  expect(pages.filter((page) => first.has(page))).toEqual([])
  const withCharts = [...text].filter(([, code]) => code.includes('u-legend')).map(([file]) => file)
  expect(withCharts.length).toBeGreaterThan(0)
  for (const page of pages)
    for (const chart of withCharts) expect(closure(page).has(chart), `${page} ${chart}`).toBe(false)
})
