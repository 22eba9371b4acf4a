import { setTimeout as sleep } from 'node:timers/promises'
import type { Visit } from './visit.ts'
import { rest, scroll } from './watch.ts'

const SCROLL_MS = 1_000
const MIB = 1_048_576

/** What the page holds after the browser has collected garbage. */
export interface Held {
  readonly minute: number
  readonly heapMb: number
  readonly nodes: number
  readonly listeners: number
}

/** Reads what the page holds every so often, for so long. In between somebody scrolls for a second, then looks. */
export async function memoryOver(
  visit: Visit,
  { minutes, everySeconds }: { readonly minutes: number; readonly everySeconds: number },
  log: (held: Held) => void,
): Promise<readonly Held[]> {
  const startedAt = performance.now()
  const readings: Held[] = []
  for (let turn = 0; turn <= (minutes * 60) / everySeconds; turn++) {
    await sleep(Math.max(0, startedAt + turn * everySeconds * 1_000 - performance.now()))
    const held = await read(visit, (performance.now() - startedAt) / 60_000)
    log(held)
    readings.push(held)
    await scroll(visit, SCROLL_MS)
    await rest(visit, 0)
  }
  return readings
}

async function read({ devtools }: Visit, minute: number): Promise<Held> {
  await devtools.send('HeapProfiler.collectGarbage')
  await devtools.send('Performance.enable')
  const { metrics } = await devtools.send('Performance.getMetrics')
  const named = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN
  return {
    minute,
    heapMb: Math.round((named('JSHeapUsedSize') / MIB) * 10) / 10,
    nodes: named('Nodes'),
    listeners: named('JSEventListeners'),
  }
}

/** How fast it grows, in MB a minute: the straight line that lies nearest to the last two thirds of the readings. */
export function growth(readings: readonly Pick<Held, 'minute' | 'heapMb'>[]): number {
  const late = readings.slice(Math.floor(readings.length / 3))
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const atMean = mean(late.map(({ minute }) => minute))
  const heapMean = mean(late.map(({ heapMb }) => heapMb))
  const spread = late.reduce((sum, { minute }) => sum + (minute - atMean) ** 2, 0)
  return late.reduce((sum, { minute, heapMb }) => sum + (minute - atMean) * (heapMb - heapMean), 0) / spread
}
