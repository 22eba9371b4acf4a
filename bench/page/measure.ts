import type { BenchHub } from './hub.ts'
import { type Held, memoryOver } from './memory.ts'
import { type Storm, startStorm } from './storm.ts'
import { signIn, type Visit, type VisitTimes, visit } from './visit.ts'
import { type Busy, rest, scroll, watch } from './watch.ts'

const VISITS = 3
const LOOK_MS = 10_000
/** A heap of ten minutes has twenty readings, one of a minute has six. */
const READ_EVERY_SECONDS = 30
const READ_SOON_SECONDS = 10
const LONG_MINUTES = 5

export interface Measured {
  readonly calm: readonly VisitTimes[]
  readonly stormy: readonly VisitTimes[]
  /** What the hub stored while the page was looked at. */
  readonly changesPerSecond: number
  readonly scrolled: Busy
  readonly views: readonly { readonly name: string; readonly busy: Busy }[]
  readonly held: readonly Held[]
}

export interface Plan {
  readonly changes: number
  readonly stormMs: number
  readonly minutes: number
}

export async function measure(bench: BenchHub, plan: Plan, say: (line: string) => void): Promise<Measured> {
  const { browser, context } = await signIn(bench.hub)
  try {
    const visits = async () => {
      const times = []
      for (let i = 0; i < VISITS; i++) {
        const { page, times: one } = await visit(context, bench.hub)
        await page.close()
        times.push(one)
      }
      say(`visits: ${JSON.stringify(times)}`)
      return times
    }
    const calm = await visits()
    const storm = startStorm(bench, plan.changes)
    try {
      const stormy = await visits()
      const open = await visit(context, bench.hub)
      return { calm, stormy, ...(await lookAt(open, storm, plan, say)) }
    } finally {
      await storm.stop()
    }
  } finally {
    await browser.close()
  }
}

async function lookAt(open: Visit, storm: Storm, plan: Plan, say: (line: string) => void) {
  const { result, perSecond } = await storm.during(async () => {
    const scrolled = await watch(open, 'scroll', () => scroll(open, plan.stormMs))
    say(`scrolled: ${JSON.stringify(scrolled)}`)
    const views = []
    for (const [name, path] of VIEWS) {
      await goTo(open, path)
      const busy = await watch(open, name, () => rest(open, LOOK_MS))
      say(`${name}: ${JSON.stringify(busy)}`)
      views.push({ name, busy })
    }
    return { scrolled, views }
  })
  await goTo(open, '/servers')
  const everySeconds = plan.minutes < LONG_MINUTES ? READ_SOON_SECONDS : READ_EVERY_SECONDS
  const held = await memoryOver(open, { minutes: plan.minutes, everySeconds }, (one) => say(JSON.stringify(one)))
  return { ...result, changesPerSecond: perSecond, held }
}

const VIEWS = [
  ['list', '/servers'],
  ['groups', '/servers?group=rack-0'],
  ['wall', '/servers?view=wall'],
  ['overview', '/'],
] as const

/** As a click does: the page is not loaded anew. */
async function goTo({ page }: Visit, path: string): Promise<void> {
  await page.evaluate((to) => {
    history.pushState(history.state, '', to)
    dispatchEvent(new PopStateEvent('popstate', { state: history.state }))
  }, path)
  await page.waitForTimeout(2_000)
}
