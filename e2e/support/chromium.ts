import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import bundled, { inflate } from '@sparticuz/chromium'
import { type Browser, chromium } from 'playwright-core'

/** Debian's place for it. */
const INSTALLED = '/usr/bin/chromium'

/** A browser that talks to nobody but the page under test. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/**
 * A real Chromium: the one that `CHROMIUM_PATH` names (`npm` for the one below), else the machine's own, else the one
 * that npm brought, so that the tests need no other step.
 */
export async function launchChromium(): Promise<Browser> {
  const chosen = process.env.CHROMIUM_PATH || (existsSync(INSTALLED) ? INSTALLED : 'npm')
  return chosen === 'npm' ? launchBundled() : chromium.launch({ executablePath: chosen, args: FLAGS })
}

/** It brings the libraries that a bare machine lacks; they are for the browser alone. */
async function launchBundled(): Promise<Browser> {
  bundled.setGraphicsMode = false
  const executablePath = await bundled.executablePath()
  const parts = join(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')), '..', 'bin')
  await inflate(join(parts, 'al2023.tar.br'))
  return chromium.launch({
    executablePath,
    args: [...FLAGS, '--no-zygote'],
    env: { ...process.env, LD_LIBRARY_PATH: join(tmpdir(), 'al2023', 'lib') },
  })
}
