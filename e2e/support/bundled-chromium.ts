import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inflate } from '@sparticuz/chromium'

export interface BundledChromium {
  readonly executablePath: string
  /**
   * Lets it find what a bare machine lacks: some libraries, and any font at all, without which no text has a size. Under the
   * locale C it would tell pages that its language is `en-US@posix`, which is none.
   */
  readonly env: Readonly<Record<string, string>>
}

const PARTS = ['chromium.br', 'al2023.tar.br', 'fonts.tar.br']
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/', import.meta.url))

/** The Chromium that npm brought, unpacked once for this clone: some 200 MB. */
export async function bundledChromium(): Promise<BundledChromium> {
  const packageDir = join(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')), '..')
  const { version } = JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8')) as { version: string }
  const folder = join(CACHE, `chromium-${version}`)
  if (!existsSync(folder)) await unpack(join(packageDir, 'bin'), folder)
  return {
    executablePath: join(folder, 'chromium'),
    env: {
      LD_LIBRARY_PATH: join(folder, 'al2023/lib'),
      FONTCONFIG_FILE: join(folder, 'fonts.conf'),
      LC_ALL: 'en_US.UTF-8',
    },
  }
}

/** Made beside its place and moved there, so that an interrupted unpacking is never taken for a whole one. */
async function unpack(parts: string, folder: string): Promise<void> {
  const unfinished = `${folder}.unfinished-${process.pid}`
  mkdirSync(unfinished, { recursive: true })
  const { TMPDIR } = process.env
  // The package unpacks into the temporary folder and nowhere else: one there could be another user's, or half done.
  process.env.TMPDIR = unfinished
  try {
    await Promise.all(PARTS.map((part) => inflate(join(parts, part))))
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = TMPDIR
  }
  const fonts = `<fontconfig><dir>${folder}/fonts</dir><cachedir>${folder}/font-cache</cachedir></fontconfig>`
  writeFileSync(join(unfinished, 'fonts.conf'), `<?xml version="1.0"?>\n${fonts}\n`)
  rmSync(folder, { recursive: true, force: true })
  renameSync(unfinished, folder)
}
