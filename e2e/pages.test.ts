import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { ask, type HubProcess } from '../server/test/support/hub-process.ts'
import { violationsOf } from './support/axe.ts'
import type { SmallFleet } from './support/small-fleet.ts'
import { furnish, signedIn, storyScene } from './support/story.ts'

/** `UPDATE_SCREENSHOTS=1 npx vitest run --project e2e pages` makes the pictures of the guides anew. */
const PICTURES = fileURLToPath(
  new URL(process.env.UPDATE_SCREENSHOTS ? '../docs/screenshots' : '../test-results/screenshots', import.meta.url),
)

const LOOKS = [
  { name: 'light', colorScheme: 'light', viewport: { width: 1440, height: 900 } },
  { name: 'dark', colorScheme: 'dark', viewport: { width: 1440, height: 900 } },
  { name: 'phone', colorScheme: 'light', viewport: { width: 390, height: 844 } },
] as const

test('every page, light, dark and on a phone: one h1, nothing wider than the window, nothing that axe finds, nothing wrong in the console', async () => {
  const { hub, browser, fleet, id } = await storyScene()
  await furnish(hub, fleet)
  mkdirSync(PICTURES, { recursive: true })
  /** Where each page is, and what is there once it is no skeleton any more. */
  const pages = [
    { name: 'overview', path: '/', filled: '.problem-row' },
    { name: 'servers', path: '/servers?group=ams', filled: '.server-row:has(.meter:not(.none)) .status-badge' },
    { name: 'wall', path: '/servers?view=wall&group=ams', filled: '.compact-list li' },
    { name: 'wallboard', path: '/?wall&group=ams', filled: '.compact-list li' },
    {
      name: 'server',
      path: `/servers/${id('queue-ams-01')}`,
      filled: '.server-page:has(.availability dd):has(.plot canvas)',
    },
    { name: 'alerts', path: '/alerts', filled: '.record' },
    { name: 'events', path: '/events', filled: '.event-row' },
    { name: 'settings', path: '/settings', filled: 'text=bootstrap' },
  ]
  const found: string[] = []
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
      found.push(...(await violationsOf(page)).map((violation) => `${name} ${look}: ${violation}`))
    }
    expect(complaints).toEqual([])
    await page.close()
  }
  expect(found).toEqual([])
}, 600_000)

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
  await expect.poll(() => page.getByText('cache-nyc-01').count()).toBe(0)
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
