import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'
import { bundledChromium } from './bundled-chromium.ts'

/** Debian's place for it. */
const INSTALLED = '/usr/bin/chromium'

/**
 * A browser has a language. Where the machine's is none (`C`, `POSIX`), Chromium calls its own `en-US@posix`, which
 * `Intl` refuses, and with it uPlot.
 */
const ENVIRONMENT = { ...process.env, LANG: 'en_US.UTF-8', LC_ALL: 'en_US.UTF-8' }

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
  if (chosen !== 'npm') return chromium.launch({ executablePath: chosen, args: FLAGS, env: ENVIRONMENT })
  const { executablePath, env } = await bundledChromium()
  return chromium.launch({ executablePath, args: [...FLAGS, '--no-zygote'], env: { ...ENVIRONMENT, ...env } })
}
