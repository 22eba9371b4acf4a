import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BuildProblem } from './problem.ts'

/** A source package of Debian's, and what its upstream archive must hash to. */
interface Source {
  readonly package: string
  readonly version: string
  readonly suite: string
  readonly file: string
  readonly sha256: string
}

const SOURCES: readonly Source[] = JSON.parse(readFileSync(new URL('sources.json', import.meta.url), 'utf8'))

/**
 * Unpacks the sources below `folder`, each under its package's name, and fetches what is not there yet.
 *
 * They come from Debian through apt, from a newer release than the machine's perhaps: apt runs with lists of its own, and
 * the machine's are not touched. What counts is the pinned hash, not where an archive came from.
 */
export function unpackedSources(folder: string, say: (line: string) => void): void {
  const missing = SOURCES.filter((source) => !existsSync(archive(folder, source)))
  if (missing.length > 0) downloadAll(folder, missing, say)
  for (const source of SOURCES) unpack(folder, source)
}

function archive(folder: string, source: Source): string {
  return join(folder, source.file)
}

function downloadAll(folder: string, sources: readonly Source[], say: (line: string) => void): void {
  say(`Fetching the sources of ${sources.map((source) => source.package).join(', ')} from Debian …`)
  const apt = join(folder, 'apt')
  for (const part of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(apt, part), { recursive: true })
  const suites = [...new Set(sources.map((source) => source.suite))]
  writeFileSync(join(apt, 'sources.list'), suites.map((suite) => `deb-src ${mirror()} ${suite} main\n`).join(''))
  const settings = {
    'Dir::Etc::SourceList': join(apt, 'sources.list'),
    'Dir::Etc::SourceParts': '-',
    'Dir::State::Lists': join(apt, 'lists'),
    'Dir::Cache': join(apt, 'cache'),
    // Else root's apt complains that its own user may not write here.
    'APT::Sandbox::User': 'root',
  }
  const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`])
  run('apt-get', [...options, '-qq', 'update'], folder)
  for (const source of sources) downloadOne(folder, options, source)
  rmSync(apt, { recursive: true })
}

/** Where Debian has replaced the revision, the one that it has now is fetched: its upstream archive is mostly the same. */
function downloadOne(folder: string, options: readonly string[], source: Source): void {
  const download = (wanted: string) => run('apt-get', [...options, '-qq', 'source', '--download-only', wanted], folder)
  try {
    download(`${source.package}=${source.version}`)
  } catch (error) {
    if (!(error instanceof BuildProblem)) throw error
    download(source.package)
  }
  if (existsSync(archive(folder, source))) return
  throw new BuildProblem(
    `Debian ${source.suite} has no ${source.file} any more: review its newer ${source.package}, and pin it in agent/native/sources.json`,
  )
}

/** The archive that this machine's own packages come from: by its label, else (no lists are there yet) by its path. */
function mirror(): string {
  const labelled = indexTargets('$(LABEL) $(REPO_URI)').find((line) => /^Debian (?!cdrom:)/.test(line))
  if (labelled !== undefined) return labelled.slice('Debian '.length)
  const listed = indexTargets('$(REPO_URI)', '--no-release-info').find((uri) => /\/debian\/?$/.test(uri))
  if (listed !== undefined) return listed
  throw new BuildProblem("apt's sources name no mirror of Debian's: the sources of the native agent come from one")
}

function indexTargets(format: string, ...options: readonly string[]): readonly string[] {
  const targets = spawnSync('apt-get', ['indextargets', ...options, '--format', format], { encoding: 'utf8' })
  if (targets.error === undefined) return targets.stdout.split('\n')
  throw new BuildProblem('there is no apt-get: the sources of the native agent come from Debian')
}

function unpack(folder: string, source: Source): void {
  const bytes = readFileSync(archive(folder, source))
  const hash = createHash('sha256').update(bytes).digest('hex')
  if (hash !== source.sha256) {
    throw new BuildProblem(`${archive(folder, source)} is not what was pinned: its SHA-256 is ${hash}`)
  }
  const target = join(folder, source.package)
  const stamp = join(target, '.unpacked-from')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return

  const fresh = join(folder, 'unpacking')
  rmSync(fresh, { recursive: true, force: true })
  rmSync(target, { recursive: true, force: true })
  mkdirSync(fresh)
  run('tar', ['-xf', archive(folder, source), '-C', fresh], folder)
  renameSync(join(fresh, readdirSync(fresh)[0] as string), target)
  rmSync(fresh, { recursive: true })
  writeFileSync(stamp, hash)
}

function run(command: string, args: readonly string[], cwd: string): void {
  const ran = spawnSync(command, args, { cwd, encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } })
  if (ran.status === 0) return
  const what = `${command} ${args.filter((arg) => !arg.includes('::') && arg !== '-o').join(' ')}`
  throw new BuildProblem(`"${what}" failed:\n${ran.stderr || ran.error?.message}`)
}
