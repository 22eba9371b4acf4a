import { setTimeout as sleep } from 'node:timers/promises'
import type { HubAddress } from './hub-address.ts'

/** The hub refused, or could not be reached: one sentence. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message)
  }
}

const TIMEOUT_MS = 30_000

/** How long a hub that cannot be reached, or cannot reach its database, is asked again; and how often. */
const PATIENCE_MS = 60_000
const RETRY_MS = 250
const UNHEARD = new Set(['UNREACHABLE', 'UNAVAILABLE'])

interface Answer<T> {
  readonly data?: T | null
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[]
}

/** The hubs' GraphQL API over HTTP: the one that answered last is asked first. */
export class Api {
  #attempt = 0

  constructor(
    readonly hub: HubAddress,
    readonly patienceMs = PATIENCE_MS,
  ) {}

  /** Asks a question, of another hub and again where one does not answer. @throws ApiError */
  async insist<T>(query: string, variables: Record<string, unknown> = {}): Promise<T> {
    const until = performance.now() + this.patienceMs
    for (;;) {
      try {
        return await this.ask<T>(query, variables)
      } catch (error) {
        if (!(error instanceof ApiError) || !UNHEARD.has(error.code) || performance.now() > until) throw error
        this.#attempt += 1
        await sleep(RETRY_MS)
      }
    }
  }

  /** Asks once. @throws ApiError */
  async ask<T>(query: string, variables: Record<string, unknown> = {}): Promise<T> {
    const { urls } = this.hub
    const url = urls[this.#attempt % urls.length]
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${this.hub.token}` },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(Math.min(TIMEOUT_MS, this.patienceMs)),
    }).catch((error: unknown) => {
      const { cause, message } = error as Error
      throw new ApiError('UNREACHABLE', `${url} cannot be reached: ${(cause as Error | undefined)?.message || message}`)
    })

    const answer = (await response.json().catch(() => ({}))) as Answer<T>
    const [error] = answer.errors ?? []
    if (error) throw new ApiError(error.extensions?.code ?? 'UNKNOWN', `The hub refused: ${error.message}`)
    if (!answer.data)
      throw new ApiError(
        response.status === 503 ? 'UNAVAILABLE' : 'UNKNOWN',
        `The hub answered ${response.status} without data`,
      )
    return answer.data
  }
}
