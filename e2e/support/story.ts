import type { Browser, Page } from 'playwright-core'
import { expect } from 'vitest'
import { ADMIN_TOKEN, ask, type HubProcess } from '../../server/test/support/hub-process.ts'
import { measure } from './measured.ts'
import { newPage, scene } from './scene.ts'
import { type SmallFleet, startSmallFleet } from './small-fleet.ts'

/** What was busy on the machine with the alert. */
const topProcesses = [
  { pid: 1_204, name: 'beam.smp', cpuPercent: 12.4, memoryBytes: 2.41e9 },
  { pid: 98_112, name: 'logrotate', cpuPercent: 6.1, memoryBytes: 61e6 },
  { pid: 411, name: 'systemd-journal', cpuPercent: 0.4, memoryBytes: 128e6 },
  { pid: 37, name: 'kworker/1:2', cpuPercent: 0.2, memoryBytes: 0 },
]

/** A hub with a story: two servers fell silent, one runs out of disk, one is suspended, one waits for its first heartbeat. */
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
  // Over its limit of 90 %: the hub raises the alert.
  await measure(hub, id('queue-ams-01'), { disks: { '/var/lib/rabbitmq': 94.2, '/': 41 }, topProcesses })
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
  const page = await newPage(browser, options)
  await page.goto(`${hub.url}/sign-in`)
  await page.getByLabel('API token').fill(ADMIN_TOKEN)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { level: 1, name: /need/ }).waitFor()
  return page
}

/** For the pictures: every machine has figures, and two more problems are somebody's already. */
export async function furnish(hub: HubProcess, { ids }: SmallFleet): Promise<void> {
  for (const [i, [name, id]] of [...ids].entries()) {
    if (name !== 'queue-ams-01') await measure(hub, id, { disks: { '/': 20 + ((i * 13) % 60) }, phase: i, samples: 2 })
  }
  const [web = '', cache = ''] = ['web-nyc-01', 'cache-fra-02'].map((name) => ids.get(name))
  await ask(
    hub,
    `mutation ($web: ID!, $cache: ID!) {
      raiseAlert(input: { serverId: $web, key: "backfill", severity: WARNING, message: "CPU 96\u00a0% for 20\u00a0min, limit 90\u00a0%." }) { id }
      raiseAnomaly(input: { serverId: $cache, metric: "memoryPercent", score: 4.2, value: 88, expected: 65,
        message: "Memory 88\u00a0%, expected 61 to 70\u00a0% at this hour." }) { id }
      a: acknowledgeStatus(serverId: $web, note: "backfill, ends 10:30") { id }
      b: acknowledgeStatus(serverId: $cache, note: "watching the trend") { id }
    }`,
    { web, cache },
  )
}
