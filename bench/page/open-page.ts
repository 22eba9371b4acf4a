import type { CDPSession, Page } from 'playwright-core'
import { launchChromium } from '../../e2e/support/chromium.ts'
import type { BenchHub } from './hub.ts'
import { busyPerFrame, longestTask, percentile, type TraceEvent } from './trace.ts'

const SETTLE_MS = 3_000
const READ_MEMORY_EVERY_MS = 10_000
const WHEEL_EVERY_MS = 50
const WHEEL_PX = 240

export interface BenchPage {
  /** Of the first visit with an empty cache, signed in: the server list. */
  timings(): Promise<{ firstPaintMs: number; interactiveMs: number }>
  settle(): Promise<void>
  /** Turns the wheel down and up for so long. */
  scrollFor(
    ms: number,
  ): Promise<{ longestTaskMs: number; longestWorkMs: number; frameP50Ms: number; frameP95Ms: number; frames: number }>
  /** The heap in MB, after collection, every 10 s. */
  memoryOver(ms: number): Promise<readonly number[]>
  close(): Promise<void>
}

export async function openPage(hub: BenchHub): Promise<BenchPage> {
  const browser = await launchChromium()
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  const signIn = await context.newPage()
  await signIn.goto(`${hub.url}/sign-in`)
  await signIn.getByLabel('API token').fill(hub.token)
  await signIn.getByRole('button', { name: 'Sign in' }).click()
  await signIn.getByRole('heading', { level: 1, name: /need/ }).waitFor()
  await signIn.close()

  const page = await context.newPage()
  const devtools = await context.newCDPSession(page)
  await devtools.send('Network.enable')
  await devtools.send('Network.setCacheDisabled', { cacheDisabled: true })
  await page.addInitScript(noteTasks)
  await page.goto(`${hub.url}/servers`)
  await page.locator('.server-row').first().waitFor()

  return {
    timings: () => timingsOf(page),
    settle: () => page.waitForTimeout(SETTLE_MS),
    scrollFor: (ms) => scroll(page, devtools, ms),
    memoryOver: (ms) => readMemory(page, devtools, ms),
    close: () => browser.close(),
  }
}

/** In the page: keeps each task of more than 50 ms, and when the first row of the list was there. */
function noteTasks(): void {
  const noted = { tasks: [] as { at: number; ms: number }[], listedAt: 0 }
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

type Noted = { noted: { tasks: { at: number; ms: number }[]; listedAt: number } }

/** Interactive: the list is there, and the long tasks of its making are over. */
async function timingsOf(page: Page): Promise<{ firstPaintMs: number; interactiveMs: number }> {
  await page.waitForTimeout(SETTLE_MS)
  return page.evaluate(() => {
    const { tasks, listedAt } = (window as unknown as Noted).noted
    const paint = performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN
    const busyUntil = Math.max(listedAt, ...tasks.filter(({ at }) => at < listedAt + 500).map(({ at, ms }) => at + ms))
    return { firstPaintMs: Math.round(paint), interactiveMs: Math.round(busyUntil) }
  })
}

async function scroll(page: Page, devtools: CDPSession, ms: number) {
  const events: TraceEvent[] = []
  devtools.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])))
  const from = await page.evaluate(() => performance.now())
  await devtools.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['toplevel', 'blink.user_timing', '__metadata'] },
  })
  await page.mouse.move(700, 500)
  const until = Date.now() + ms
  for (let turn = 0; Date.now() < until; turn++) {
    await page.mouse.wheel(0, turn % 80 < 60 ? WHEEL_PX : -WHEEL_PX * 2)
    await page.waitForTimeout(WHEEL_EVERY_MS)
  }
  const complete = new Promise((resolve) => devtools.once('Tracing.tracingComplete', resolve))
  await devtools.send('Tracing.end')
  await complete
  const longestTaskMs = await page.evaluate(
    (since) =>
      Math.round(
        Math.max(0, ...(window as unknown as Noted).noted.tasks.filter(({ at }) => at > since).map(({ ms }) => ms)),
      ),
    from,
  )
  const frames = busyPerFrame(events)
  return {
    longestTaskMs,
    longestWorkMs: Math.round(longestTask(events)),
    frames: frames.length,
    frameP50Ms: tenth(percentile(frames, 50)),
    frameP95Ms: tenth(percentile(frames, 95)),
  }
}

async function readMemory(page: Page, devtools: CDPSession, ms: number): Promise<readonly number[]> {
  const readings: number[] = []
  const until = Date.now() + ms
  do {
    await devtools.send('HeapProfiler.collectGarbage')
    const { usedSize } = await devtools.send('Runtime.getHeapUsage')
    readings.push(tenth(usedSize / 1_048_576))
    await page.waitForTimeout(Math.min(READ_MEMORY_EVERY_MS, Math.max(0, until - Date.now())))
  } while (Date.now() < until)
  return readings
}

function tenth(n: number): number {
  return Math.round(n * 10) / 10
}
