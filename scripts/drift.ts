import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Makes what is generated again and compares: a schema or a document that was changed without it is refused. */
const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))

const GENERATED = ['schema.graphql', 'web/src/api/generated']

const before = fingerprintOf()
for (const script of ['schema', 'codegen']) {
  execFileSync('npm', ['run', '--silent', script], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] })
}
if (fingerprintOf() !== before) {
  process.stderr.write(`What is generated was not up to date (${GENERATED.join(', ')}); it is now. Commit it.\n`)
  process.exit(1)
}

function fingerprintOf(): string {
  const hash = createHash('sha256')
  for (const path of GENERATED)
    for (const file of filesBelow(join(ROOT, path))) hash.update(file).update(readFileSync(file))
  return hash.digest('hex')
}

function filesBelow(path: string): string[] {
  if (!existsSync(path)) return []
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesBelow(join(path, name)))
}
