import type { Host } from './host.ts'

/** Timers do not run while a machine is suspended: to wake this often is to notice that it has come back. */
const LONGEST_SLEEP_MS = 5_000

/** Returns at this monotonic instant, never before; at once when it is past. */
export async function sleepUntil(host: Host, atMs: number): Promise<void> {
  for (let left = atMs - host.monotonicMs(); left > 0; left = atMs - host.monotonicMs()) {
    await host.sleep(Math.min(left, LONGEST_SLEEP_MS))
  }
}
