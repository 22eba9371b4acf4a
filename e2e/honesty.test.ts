import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { ask, type HubProcess, startHub } from '../server/test/support/hub-process.ts'
import { addServer, scene } from './support/scene.ts'

const BEAT = 'mutation ($id: ID!) { recordHeartbeat(serverId: $id) { receivedAt } }'
const SUSPEND = 'mutation ($id: ID!) { suspendServer(id: $id) { id } }'

interface FirstBanner {
  readonly said: string
  /** For how long the page itself had stood still at worst: nobody can draw then. */
  readonly stoodStillMs: number
}

/** What the page's banner says when it first says it, read in the page itself: no wait of the test is in it. */
async function firstBanner(page: Page): Promise<() => Promise<FirstBanner | undefined>> {
  await page.evaluate(() => {
    const heard = window as unknown as { firstBanner?: FirstBanner }
    const TICK_MS = 100
    let tickedAt = performance.now()
    let stoodStillMs = 0
    const tick = () => {
      stoodStillMs = Math.max(stoodStillMs, performance.now() - tickedAt - TICK_MS)
      tickedAt = performance.now()
    }
    setInterval(tick, TICK_MS)
    const look = () => {
      const banner = [...document.querySelectorAll('body *')].find((one) =>
        /^Connection lost at/.test(one.textContent ?? ''),
      )
      if (!banner) return
      tick()
      heard.firstBanner ??= { said: (banner.textContent ?? '').replaceAll('\u00a0', ' '), stoodStillMs }
    }
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true })
  })
  return () => page.evaluate(() => (window as unknown as { firstBanner?: FirstBanner }).firstBanner)
}

/** The cursors of all events, newest first: by the hub, and as the page lists them. */
async function cursorsOf(hub: HubProcess): Promise<string[]> {
  const { statusEvents } = await ask<{ statusEvents: { nodes: { cursor: string }[] } }>(
    hub,
    '{ statusEvents(last: 100) { nodes { cursor } } }',
  )
  return statusEvents.nodes.map(({ cursor }) => cursor).reverse()
}
const shownOn = (page: Page) =>
  page
    .locator('.event-row .at')
    .evaluateAll((links) => links.map((link) => link.getAttribute('href')?.replace('/events/', '')))

test('a killed hub: stale within 5 s, in the past tense; after its restart every change of meanwhile is there', async () => {
  const { hub, browser } = await scene()
  const context = await browser.newContext()
  const page = await context.newPage()
  const dying = await addServer(hub, 'dies-meanwhile', 2)
  const other = await addServer(hub, 'suspended-meanwhile', 86_400)
  for (const server of [dying, other]) await ask(hub, BEAT, server)
  await page.goto(hub.signInLink)
  await page.getByRole('heading', { level: 1, name: /need/ }).waitFor()
  const serverPage = await context.newPage()
  await serverPage.goto(`${hub.url}/servers/${other.id}`)
  await serverPage.locator('.proof-line .status-badge', { hasText: 'ONLINE' }).waitFor()
  await page.goto(`${hub.url}/events`)
  await page.locator('.event-row').first().waitFor()
  await page.evaluate(() => Object.assign(window, { neverReloaded: true }))

  const banner = await firstBanner(page)
  await ask(hub, BEAT, dying)
  await hub.kill('SIGKILL')
  await page
    .getByText(/Connection lost at/)
    .first()
    .waitFor()
  const { said = '', stoodStillMs = 0 } = (await banner()) ?? {}
  const [, seconds] = /^Connection lost at [\d:]+, (\d+) s ago/.exec(said) ?? []
  expect(Number(seconds)).toBeLessThan(5 + stoodStillMs / 1_000)
  await serverPage.locator('.stale-page').waitFor()
  // Nothing that is old is said as if it were so now.
  expect(await serverPage.locator('.proof-line').textContent()).not.toMatch(/ ago|for \d/)

  const again = await startHub({
    STACKSENSE_DATA_DIR: hub.environment.STACKSENSE_DATA_DIR as string,
    PORT: new URL(hub.url).port,
  })
  await ask(again, SUSPEND, other)
  await page.locator('.connection', { hasText: 'Live' }).waitFor()
  await page
    .locator('.event-row', { hasText: 'dies-meanwhile' })
    .filter({ hasText: 'No heartbeat since' })
    .first()
    .waitFor()
  const told = await cursorsOf(again)
  await expect.poll(() => shownOn(page)).toEqual(told)
  await serverPage.locator('.proof-line .status-badge', { hasText: 'Suspended' }).waitFor()
  expect(await page.locator('.stale-page').count()).toBe(0)
  expect(await page.evaluate(() => 'neverReloaded' in window)).toBe(true)
})

test('a tab that was frozen catches up', async () => {
  const { hub, page } = await scene()
  const server = await addServer(hub, 'web-1', 86_400)
  await ask(hub, BEAT, server)
  await page.goto(hub.signInLink)
  await page.getByRole('heading', { level: 1, name: /need/ }).waitFor()
  await page.goto(`${hub.url}/events`)
  await page.locator('.event-row').first().waitFor()

  const browser = await page.context().newCDPSession(page)
  await browser.send('Page.setWebLifecycleState', { state: 'frozen' })
  await ask(hub, SUSPEND, server)
  await ask(hub, 'mutation ($id: ID!) { resumeServer(id: $id) { id } }', server)
  await browser.send('Page.setWebLifecycleState', { state: 'active' })
  const told = await cursorsOf(hub)
  expect(told.length).toBe(3)
  await expect.poll(() => shownOn(page)).toEqual(told)
})
