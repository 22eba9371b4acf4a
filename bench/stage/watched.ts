import { setTimeout as sleep } from 'node:timers/promises'
import type { Hub } from './hub.ts'

/** Reads one figure off a hub's `/metrics`; NaN where there is none of this name. */
export async function readMetric(hub: Hub, name: string): Promise<number> {
  const response = await fetch(`${hub.url}/metrics`, { headers: { authorization: `Bearer ${hub.token}` } })
  const line = (await response.text()).split('\n').find((one) => one.startsWith(`${name} `))
  return Number(line?.split(' ')[1])
}

/** Resolves when the hub watches so many servers. */
export async function untilWatched(hub: Hub, count: number): Promise<void> {
  while ((await readMetric(hub, 'stacksense_watched_servers')) < count) await sleep(10)
}
