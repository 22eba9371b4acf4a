/**
 * The last step of the build: beside each file of text that is worth it its forms for browsers that take them, `.br` and
 * `.gz`. A hub has better to do than to compress them again at each visit.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'

const DIST = fileURLToPath(new URL('dist', import.meta.url))
const TEXT = /\.(js|css|html|svg)$/
/** Smaller ones fit into one packet anyway. */
const WORTH_IT = 1_024

const FORMS = [
  { ending: '.br', compress: promisify(brotliCompress) },
  { ending: '.gz', compress: promisify(gzip) },
] as const

const files = readdirSync(DIST, { recursive: true, encoding: 'utf8' }).filter((name) => TEXT.test(name))
await Promise.all(
  files.map(async (name) => {
    const file = join(DIST, name)
    const content = readFileSync(file)
    if (content.length < WORTH_IT) return
    for (const { ending, compress } of FORMS) writeFileSync(file + ending, await compress(content))
  }),
)
