import type { Logger } from 'pino'

/** One line a request, for those who look for one; the address is logged without its query. */
export function logAnswer(
  log: Logger,
  { method, url }: { readonly method?: string | undefined; readonly url?: string | undefined },
  status: number,
  ms: number,
): void {
  if (!log.isLevelEnabled('debug')) return
  log.debug({ method, path: url?.split('?', 1)[0], status, ms: Math.round(ms) }, 'Answered.')
}
