import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'
import { bundledChromium } from './bundled-chromium.ts'

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
  if (chosen !== 'npm') return chromium.launch({ executablePath: chosen, args: FLAGS })
  const { executablePath, env } = await bundledChromium()
  return chromium.launch({ executablePath, args: [...FLAGS, '--no-zygote'], env: { ...process.env, ...env } })
}
