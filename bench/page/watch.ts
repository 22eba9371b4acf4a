import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CDPSession } from 'playwright-core'
import { percentile } from '../figures.ts'
import { isOfInterest, longestTask, REFRESH_MS, type TraceEvent, workPerFrame } from './trace.ts'
import { longestSince, type Visit } from './visit.ts'

const FRAME_MS = 16
const WHEEL_EVERY_MS = 50
const WHEEL_PX = 240

/** What the page's main thread did meanwhile. */
export interface Busy {
  /** By processor time. */
  readonly longestWorkMs: number
  /** As the page saw it, with what the machine did meanwhile. */
  readonly longestTaskMs: number
  readonly frames: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
  readonly tooLong: number
  /** Of what was done since the frame before only what fell into the refresh of the screen that shows the frame. */
  readonly shownP95Ms: number
}

/** `BENCH_PROFILE=folder` keeps a CPU profile of the page there, for each name: it costs time itself. */
export async function watch(visit: Visit, name: string, work: () => Promise<void>): Promise<Busy> {
  const { page, devtools } = visit
  const from = await page.evaluate(() => performance.now())
  const events = await traced(devtools, () => profiled(devtools, name, work))
  const frames = workPerFrame(events)
  return {
    longestWorkMs: Math.round(longestTask(events)),
    longestTaskMs: await longestSince(page, from),
    frames: frames.length,
    p50Ms: tenth(percentile(frames, 50)),
    p95Ms: tenth(percentile(frames, 95)),
    p99Ms: tenth(percentile(frames, 99)),
    tooLong: frames.filter((ms) => ms > FRAME_MS).length,
    shownP95Ms: tenth(percentile(workPerFrame(events, REFRESH_MS), 95)),
  }
}

/** Turns the wheel down and up for so long, with the pointer on the list. */
export async function scroll({ page }: Visit, ms: number): Promise<void> {
  await page.mouse.move(700, 500)
  const until = Date.now() + ms
  for (let turn = 0; Date.now() < until; turn++) {
    await page.mouse.wheel(0, turn % 80 < 60 ? WHEEL_PX : -WHEEL_PX * 2)
    await page.waitForTimeout(WHEEL_EVERY_MS)
  }
}

/** At the top of the page, with the pointer on none of the rows: everything moves. */
export async function rest({ page }: Visit, ms: number): Promise<void> {
  await page.mouse.move(700, 4)
  await page.evaluate(() => scrollTo(0, 0))
  await page.waitForTimeout(ms)
}

async function traced(devtools: CDPSession, work: () => Promise<void>): Promise<readonly TraceEvent[]> {
  const events: TraceEvent[] = []
  const collect = ({ value }: { value: unknown[] }) => {
    for (const event of value as TraceEvent[]) if (isOfInterest(event)) events.push(event)
  }
  devtools.on('Tracing.dataCollected', collect)
  await devtools.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { excludedCategories: ['*'], includedCategories: ['toplevel', '__metadata'] },
  })
  await work()
  const complete = new Promise((resolve) => devtools.once('Tracing.tracingComplete', resolve))
  await devtools.send('Tracing.end')
  await complete
  devtools.off('Tracing.dataCollected', collect)
  return events
}

async function profiled(devtools: CDPSession, name: string, work: () => Promise<void>): Promise<void> {
  const folder = process.env.BENCH_PROFILE
  if (!folder) return work()
  await devtools.send('Profiler.enable')
  await devtools.send('Profiler.start')
  await work()
  const { profile } = await devtools.send('Profiler.stop')
  writeFileSync(join(folder, `${name}.cpuprofile`), JSON.stringify(profile))
}

function tenth(n: number): number {
  return Math.round(n * 10) / 10
}
