import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core'
import { launchChromium } from '../../e2e/support/chromium.ts'
import type { Hub } from '../stage/hub.ts'

/** After this the tasks of a page's making are over. */
const SETTLE_MS = 3_000
/** What begins sooner than this after the list is there still belongs to its making. */
const MAKING_MS = 500

export interface VisitTimes {
  readonly firstPaintMs: number
  readonly interactiveMs: number
}

/** An open page of the hub, with the browser's own tools on it. */
export interface Visit {
  readonly page: Page
  readonly devtools: CDPSession
  readonly times: VisitTimes
}

/** A browser that is signed in to the hub. */
export async function signIn(hub: Hub): Promise<{ browser: Browser; context: BrowserContext }> {
  const browser = await launchChromium()
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  const page = await context.newPage()
  await page.goto(`${hub.url}/sign-in`)
  await page.getByLabel('API token').fill(hub.token)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { level: 1, name: /need/ }).waitFor()
  await page.close()
  return { browser, context }
}

/** Opens the server list as a first visit does: nothing of it is in the cache. */
export async function visit(context: BrowserContext, hub: Hub): Promise<Visit> {
  const page = await context.newPage()
  const devtools = await context.newCDPSession(page)
  await devtools.send('Network.enable')
  await devtools.send('Network.setCacheDisabled', { cacheDisabled: true })
  await page.addInitScript(noteTasks)
  await page.goto(`${hub.url}/servers`)
  await page.locator('.server-row').first().waitFor()
  await page.waitForTimeout(SETTLE_MS)
  return { page, devtools, times: await timesOf(page) }
}

/** The longest task since then as the page saw it, in ms: with what the machine did meanwhile. */
export function longestSince(page: Page, at: number): Promise<number> {
  return page.evaluate((since) => {
    const { tasks } = (window as unknown as Noted).noted
    return Math.round(Math.max(0, ...tasks.filter(({ at }) => at >= since).map(({ ms }) => ms)))
  }, at)
}

type Noted = { noted: { tasks: { at: number; ms: number }[]; listedAt: number } }

/** In the page: keeps each task of more than 50 ms, and when the first row of the list was there. */
function noteTasks(): void {
  const noted: Noted['noted'] = { tasks: [], listedAt: 0 }
  Object.assign(window, { noted })
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) noted.tasks.push({ at: startTime, ms: duration })
  }).observe({ type: 'longtask', buffered: true })
  const observer = new MutationObserver(() => {
    if (noted.listedAt > 0 || !document.querySelector('.server-row')) return
    noted.listedAt = performance.now()
    observer.disconnect()
  })
  observer.observe(document, { childList: true, subtree: true })
}

/** Interactive: the list is there, and the long tasks of its making are over. */
function timesOf(page: Page): Promise<VisitTimes> {
  return page.evaluate((making) => {
    const { tasks, listedAt } = (window as unknown as Noted).noted
    const paint = performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN
    const ends = tasks.filter(({ at }) => at < listedAt + making).map(({ at, ms }) => at + ms)
    return { firstPaintMs: Math.round(paint), interactiveMs: Math.round(Math.max(listedAt, ...ends)) }
  }, MAKING_MS)
}
