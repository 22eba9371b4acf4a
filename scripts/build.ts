import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Builds what is stale: a part whose sources, or the lockfile, are not what they were at its last build.
 * `--force` builds everything.
 */
const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))

interface Part {
  readonly name: string
  readonly sources: readonly string[]
  readonly output: string
}

const PARTS: readonly Part[] = [
  { name: 'server', sources: ['tsconfig.base.json', 'server'], output: 'server/dist/main.js' },
  { name: 'agent', sources: ['tsconfig.base.json', 'agent'], output: 'agent/dist/stacksense-agent.js' },
  {
    name: 'web',
    sources: ['tsconfig.base.json', 'schema.graphql', 'web', 'server/src/core'],
    output: 'web/dist/index.html',
  },
]

const NOT_SOURCES = new Set(['node_modules', 'dist', 'test', 'README.md'])

for (const part of PARTS) build(part)

function build({ name, sources, output }: Part): void {
  const stamp = join(ROOT, dirname(output), '.built-from')
  const fingerprint = fingerprintOf(['package-lock.json', ...sources])
  const isFresh = existsSync(join(ROOT, output)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint
  if (isFresh && !process.argv.includes('--force')) return

  process.stdout.write(`Building the ${name} … `)
  const startedAt = performance.now()
  // On Windows npm is a script, which needs a shell.
  const ran = spawnSync('npm', ['run', '--silent', 'build', '-w', name], {
    cwd: ROOT,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  if (ran.status !== 0) {
    process.stdout.write(`failed\n${ran.stdout ?? ''}${ran.stderr ?? ''}${ran.error?.message ?? ''}\n`)
    process.exit(1)
  }
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, fingerprint)
  process.stdout.write(`${((performance.now() - startedAt) / 1_000).toFixed(1)} s\n`)
}

/** By content: a fresh clone and a touched file make no difference. */
function fingerprintOf(sources: readonly string[]): string {
  const hash = createHash('sha256')
  for (const source of sources)
    for (const file of filesBelow(join(ROOT, source))) hash.update(file).update(readFileSync(file))
  return hash.digest('hex')
}

function filesBelow(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path)
    .filter((name) => !NOT_SOURCES.has(name) && !name.endsWith('.test.ts'))
    .sort()
    .flatMap((name) => filesBelow(join(path, name)))
}
