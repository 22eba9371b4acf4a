import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'

/** "The database system is starting up", or shutting down. */
const CANNOT_CONNECT_NOW = '57P03'
const RETRY_MS = 20

/**
 * Connects, and tries again while the server says that it is starting up.
 *
 * @param isExpected further errors that only mean "not yet"
 * @throws the last error once `timeoutMs` have passed, any other error at once
 */
export async function connectWhenUp(
  newClient: () => pg.Client,
  timeoutMs: number,
  isExpected: (error: unknown) => boolean = () => false,
): Promise<pg.Client> {
  const givesUpAt = performance.now() + timeoutMs
  for (;;) {
    const client = newClient()
    // Between its errors and its end a client may emit another; unheard, that would end the process.
    client.on('error', () => {})
    try {
      await client.connect()
      return client
    } catch (error) {
      await client.end().catch(() => {})
      const isNotYet = codeOf(error) === CANNOT_CONNECT_NOW || isExpected(error)
      if (!isNotYet || performance.now() > givesUpAt) throw error
      await sleep(RETRY_MS)
    }
  }
}

export function codeOf(error: unknown): string | undefined {
  return (error as { code?: string } | undefined)?.code
}

/** Why a connection failed, in words. Node reports a host with several addresses as an error with an empty message. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0])
  const { message } = error as Error
  return message.replace(/\.?$/, '.')
}
