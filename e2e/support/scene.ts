import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { onTestFinished } from 'vitest'
import { ask, type HubProcess, scratchFolder, startHub } from '../../server/test/support/hub-process.ts'
import { launchChromium } from './chromium.ts'

const AGENT = fileURLToPath(new URL('../../agent/dist/stacksense-agent.js', import.meta.url))

/** A hub with a database of its own, and a page that nobody has signed in to. */
export async function scene(): Promise<{ hub: HubProcess; browser: Browser; page: Page }> {
  const hub = await startHub({ STACKSENSE_DATA_DIR: join(scratchFolder(), 'data') })
  const browser = await launchChromium()
  onTestFinished(() => browser.close())
  return { hub, browser, page: await newPage(browser, { viewport: { width: 1440, height: 900 } }) }
}

/** Its toasts, which else go by themselves after 6 s, stay for a minute: a busy machine may be late to click one. */
export async function newPage(browser: Browser, options: Parameters<Browser['newPage']>[0] = {}): Promise<Page> {
  const page = await browser.newPage(options)
  await page.addInitScript(() => {
    const { setTimeout } = window
    const patient = (run: () => void, ms?: number) => setTimeout(run, ms === 6_000 ? 60_000 : ms)
    Object.assign(window, { setTimeout: patient })
  })
  return page
}

export interface CreatedServer {
  readonly id: string
  readonly token: string
}

export async function addServer(hub: HubProcess, name: string, offlineAfterSeconds = 60): Promise<CreatedServer> {
  const { createServer } = await ask<{ createServer: { server: { id: string }; agentToken: string } }>(
    hub,
    `mutation ($name: String!, $limit: Int!) {
      createServer(input: { name: $name, offlineAfterSeconds: $limit }) { server { id } agentToken }
    }`,
    { name, limit: offlineAfterSeconds },
  )
  return { id: createServer.server.id, token: createServer.agentToken }
}

/** Runs the built agent as a program of its own; ended with the test. */
export function startAgent(hub: HubProcess, server: CreatedServer, intervalSeconds: number): ChildProcess {
  const agent = spawn(process.execPath, [AGENT], {
    env: {
      PATH: process.env.PATH,
      STACKSENSE_SERVER_ID: server.id,
      STACKSENSE_API_URL: hub.url,
      STACKSENSE_TOKEN: server.token,
      STACKSENSE_INTERVAL: String(intervalSeconds),
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const exited = once(agent, 'exit')
  onTestFinished(async () => {
    agent.kill('SIGKILL')
    await exited
  })
  return agent
}
