import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { BuildProblem } from './problem.ts'
import { unpackedSources } from './sources.ts'

/**
 * Builds the native agent: `npm run build:agent`, or with the names of architectures (`own`: this machine's) behind it.
 *
 * TypeScript → one script (esbuild) → bytecode (qjsc) → a static executable in `agent/dist`. What is made on the way stays in
 * `agent/dist/native`, so that the next build makes only what has changed.
 */
const HERE = fileURLToPath(new URL('.', import.meta.url))
const DIST = fileURLToPath(new URL('../dist/', import.meta.url))
const WORK = join(DIST, 'native')

/** What Debian calls the compiler's package, and the prefix of its commands. */
const ARCHITECTURES = {
  x64: { compiler: 'gcc-x86-64-linux-gnu', prefix: 'x86_64-linux-gnu-' },
  arm64: { compiler: 'gcc-aarch64-linux-gnu', prefix: 'aarch64-linux-gnu-' },
} as const

type Architecture = keyof typeof ARCHITECTURES

try {
  const wanted = process.argv.slice(2).map((name) => (name === 'own' ? process.arch : name))
  const unknown = wanted.find((name) => !(name in ARCHITECTURES))
  if (unknown !== undefined) throw new BuildProblem(`there is no architecture "${unknown}": x64 or arm64`)
  await buildAll(wanted.length === 0 ? ['x64', 'arm64'] : (wanted as Architecture[]))
} catch (error) {
  if (!(error instanceof BuildProblem)) throw error
  process.stderr.write(`The native agent was not built: ${error.message}.\n`)
  process.exitCode = 1
}

async function buildAll(architectures: readonly Architecture[]): Promise<void> {
  checkTools(architectures)
  mkdirSync(join(WORK, 'sources'), { recursive: true })
  unpackedSources(join(WORK, 'sources'), say)
  await bundle(join(WORK, 'agent.js'))
  for (const architecture of architectures) compile(architecture)
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

function checkTools(architectures: readonly Architecture[]): void {
  const needed = new Map([
    ['cc', 'gcc libc6-dev'],
    ['make', 'make'],
    ['xz', 'xz-utils'],
    ['bzip2', 'bzip2'],
  ])
  for (const name of architectures) needed.set(`${crossPrefix(name)}gcc`, ARCHITECTURES[name].compiler)
  const missing = [...needed].filter(([command]) => spawnSync(command, ['--version']).error !== undefined)
  if (missing.length === 0) return
  const packages = missing.map(([, name]) => name).join(' ')
  throw new BuildProblem(`it needs ${missing.map(([command]) => command).join(', ')}: apt-get install ${packages}`)
}

/** Empty where the machine's own compiler will do. */
function crossPrefix(architecture: Architecture): string {
  return architecture === process.arch ? '' : ARCHITECTURES[architecture].prefix
}

async function bundle(outfile: string): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(new URL('../src/start-native.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'neutral',
    format: 'iife',
    // QuickJS has private members of classes of its own: made of WeakMaps they are slower and larger.
    target: 'es2022',
    charset: 'utf8',
    // Its own answer, so that no tsconfig of a parent folder changes the bundle.
    tsconfigRaw: {},
    logLevel: 'warning',
  })
}

function compile(architecture: Architecture): void {
  const out = join(WORK, architecture)
  const variables = {
    SOURCES: join(WORK, 'sources'),
    BUNDLE: join(WORK, 'agent.js'),
    OUT: out,
    HOST: join(WORK, 'host'),
    CROSS: crossPrefix(architecture),
  }
  const startedAt = performance.now()
  const ran = spawnSync(
    'make',
    [
      '--silent',
      `-j${availableParallelism()}`,
      '-f',
      join(HERE, 'Makefile'),
      ...Object.entries(variables).map(([name, value]) => `${name}=${value}`),
    ],
    { encoding: 'utf8' },
  )
  if (ran.status !== 0) throw new BuildProblem(`make for ${architecture} says:\n${ran.stderr}`)

  const executable = join(DIST, `stacksense-agent-linux-${architecture}`)
  // Never half there, and not in the way of one that runs.
  copyFileSync(join(out, 'stacksense-agent'), `${executable}.new`)
  renameSync(`${executable}.new`, executable)
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1)
  say(
    `agent/dist/stacksense-agent-linux-${architecture}: ${Math.ceil(statSync(executable).size / 1_024)} KB, in ${seconds} s`,
  )
}
