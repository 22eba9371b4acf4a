import type { Browser, Page } from 'playwright-core'
import { expect } from 'vitest'
import { ADMIN_TOKEN, ask, type HubProcess } from '../../server/test/support/hub-process.ts'
import { scene } from './scene.ts'
import { startSmallFleet } from './small-fleet.ts'

/** A hub with a story: two servers fell silent, one has an alert, one is suspended, one waits for its first heartbeat. */
export async function storyScene() {
  const { hub, browser } = await scene()
  const fleet = await startSmallFleet(hub)
  fleet.silence('db-ams-01')
  fleet.silence('edge-fra-01')
  const id = (name: string) => fleet.ids.get(name) ?? ''
  await ask(hub, 'mutation ($id: ID!) { suspendServer(id: $id) { id } }', { id: id('cache-sin-02') })
  await ask(
    hub,
    'mutation { createServer(input: { name: "web-sin-21", tags: ["prod", "web", "sin"] }) { server { id } } }',
  )
  await ask(
    hub,
    `mutation ($id: ID!) { raiseAlert(input: { serverId: $id, key: "disk", severity: WARNING,
      message: "Disk /var/lib/rabbitmq 94.2\u00a0% used, limit 90\u00a0%.", value: 94.2, threshold: 90 }) { id } }`,
    { id: id('queue-ams-01') },
  )
  for (let i = 0; i < 20; i++) {
    const cpuPercent = 20 + 10 * Math.sin(i / 2)
    const topProcesses = [
      { pid: 1_204, name: 'beam.smp', cpuPercent: cpuPercent / 2, memoryBytes: 2.41e9 },
      { pid: 98_112, name: 'logrotate', cpuPercent: cpuPercent / 4, memoryBytes: 61e6 },
      { pid: 411, name: 'systemd-journal', cpuPercent: 0.4, memoryBytes: 128e6 },
      { pid: 37, name: 'kworker/1:2', cpuPercent: 0.2, memoryBytes: 0 },
    ]
    const input = { cpuPercent, memoryPercent: 40 + i / 2, load1: 0.4 + (i % 4) / 10, topProcesses }
    await ask(
      hub,
      'mutation ($id: ID!, $input: MetricSampleInput!) { recordMetrics(serverId: $id, input: $input) { recordedAt } }',
      {
        id: id('queue-ams-01'),
        input,
      },
    )
  }
  await expect.poll(() => offlineCount(hub), { timeout: 15_000 }).toBe(2)
  return { hub, browser, fleet, id }
}

async function offlineCount(hub: HubProcess): Promise<number> {
  const { fleet } = await ask<{ fleet: { counts: { offline: number } } }>(hub, '{ fleet { counts { offline } } }')
  return fleet.counts.offline
}

export async function signedIn(
  browser: Browser,
  hub: HubProcess,
  options: Parameters<Browser['newPage']>[0] = {},
): Promise<Page> {
  const page = await browser.newPage(options)
  await page.goto(`${hub.url}/sign-in`)
  await page.getByLabel('API token').fill(ADMIN_TOKEN)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { level: 1, name: /need/ }).waitFor()
  return page
}
