import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { ADMIN_TOKEN, ask, type HubProcess } from '../server/test/support/hub-process.ts'
import { scene } from './support/scene.ts'
import { type SmallFleet, startSmallFleet } from './support/small-fleet.ts'

/** `UPDATE_SCREENSHOTS=1 npx vitest run --project e2e pages` makes the pictures of the guides anew. */
const PICTURES = fileURLToPath(
  new URL(process.env.UPDATE_SCREENSHOTS ? '../docs/screenshots' : '../test-results/screenshots', import.meta.url),
)

const LOOKS = [
  { name: 'light', colorScheme: 'light', viewport: { width: 1440, height: 900 } },
  { name: 'dark', colorScheme: 'dark', viewport: { width: 1440, height: 900 } },
  { name: 'phone', colorScheme: 'light', viewport: { width: 390, height: 844 } },
] as const

/** A hub with a story: two servers fell silent, one has an alert, one is suspended, one waits for its first heartbeat. */
async function storyScene() {
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
    const input = { cpuPercent: 20 + 10 * Math.sin(i / 2), memoryPercent: 40 + i / 2, load1: 0.4 + (i % 4) / 10 }
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

async function signedIn(
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

test('every page, light, dark and on a phone: one h1, nothing wider than the window, nothing wrong in the console', async () => {
  const { hub, browser, id } = await storyScene()
  mkdirSync(PICTURES, { recursive: true })
  /** Where each page is, and what is there once it is no skeleton any more. */
  const pages = [
    { name: 'overview', path: '/', filled: '.problem-row' },
    { name: 'servers', path: '/servers', filled: '[role=row] .status-badge, tr .status-badge' },
    { name: 'server', path: `/servers/${id('queue-ams-01')}`, filled: '.proof-line' },
    { name: 'settings', path: '/settings', filled: 'text=bootstrap' },
  ]
  for (const { name: look, ...options } of LOOKS) {
    const page = await signedIn(browser, hub, options)
    const complaints: string[] = []
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    for (const { name, path, filled } of pages) {
      await page.goto(`${hub.url}${path}`)
      await page.locator('.connection', { hasText: 'Live' }).waitFor()
      await page.locator(filled).first().waitFor()
      await page.evaluate(() => document.fonts.ready)
      await page.screenshot({ path: `${PICTURES}/${name}-${look}.png` })
      expect(await page.locator('h1').count(), `${name} ${look}`).toBe(1)
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      expect(overflow, `${name} ${look}`).toBe(0)
    }
    expect(complaints).toEqual([])
    await page.close()
  }
})

/** The row of a server in the list, once its badge says this. */
function row(page: Page, name: string, word: string) {
  const badge = page.locator('.status-badge', { hasText: new RegExp(`^${word}$`) })
  return page.getByRole('row').filter({ hasText: name }).filter({ has: badge }).first()
}

async function change(hub: HubProcess, fleet: SmallFleet, mutation: string, name: string): Promise<void> {
  await ask(hub, `mutation ($id: ID!) { ${mutation} }`, { id: fleet.ids.get(name) })
}

test('the server list shows what another client changes, without reload', async () => {
  const { hub, browser, fleet } = await storyScene()
  const page = await signedIn(browser, hub)
  await page.goto(`${hub.url}/servers?q=nyc`)
  await row(page, 'web-nyc-01', 'ONLINE').waitFor()
  await page.evaluate(() => Object.assign(window, { neverReloaded: true }))

  await ask(hub, 'mutation { createServer(input: { name: "added-nyc-99" }) { server { id } } }')
  await page.getByText('added-nyc-99').first().waitFor()
  await change(hub, fleet, 'suspendServer(id: $id) { id }', 'web-nyc-01')
  await row(page, 'web-nyc-01', 'Suspended').waitFor()
  fleet.silence('db-nyc-01')
  await row(page, 'db-nyc-01', 'OFFLINE').waitFor()
  await change(hub, fleet, 'deleteServer(id: $id)', 'cache-nyc-01')
  await expect.poll(() => page.getByText('cache-nyc-01').count(), { timeout: 10_000 }).toBe(0)
  expect(await page.evaluate(() => 'neverReloaded' in window)).toBe(true)
})

test('the server page shows an alert that a tool raises, its end, and silence, without reload', async () => {
  const { hub, browser, fleet, id } = await storyScene()
  const page = await signedIn(browser, hub)
  await page.goto(`${hub.url}/servers/${id('web-fra-01')}`)
  const badge = (word: string) => page.locator('main .status-badge', { hasText: new RegExp(`^${word}$`) }).first()
  await badge('ONLINE').waitFor()

  const { raiseAlert } = await ask<{ raiseAlert: { id: string } }>(
    hub,
    'mutation ($id: ID!) { raiseAlert(input: { serverId: $id, key: "k", severity: CRITICAL, message: "The queue is stuck." }) { id } }',
    { id: id('web-fra-01') },
  )
  await badge('WARNING').waitFor()
  await page.getByText('The queue is stuck.').first().waitFor()
  await ask(hub, 'mutation ($id: ID!) { resolveAlert(id: $id) { id } }', { id: raiseAlert.id })
  await badge('ONLINE').waitFor()
  fleet.silence('web-fra-01')
  await badge('OFFLINE').waitFor()
})
