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

interface Answer<T> {
  readonly data?: T | null
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[]
}

/** The hub's GraphQL API over HTTP. */
export class Api {
  constructor(readonly hub: HubAddress) {}

  /** @throws ApiError */
  async ask<T>(query: string, variables: Record<string, unknown> = {}): Promise<T> {
    const response = await fetch(`${this.hub.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${this.hub.token}` },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((error: unknown) => {
      const { cause, message } = error as Error
      throw new ApiError(
        'UNREACHABLE',
        `${this.hub.url} cannot be reached: ${(cause as Error | undefined)?.message || message}`,
      )
    })

    const answer = (await response.json().catch(() => ({}))) as Answer<T>
    const [error] = answer.errors ?? []
    if (error) throw new ApiError(error.extensions?.code ?? 'UNKNOWN', `The hub refused: ${error.message}`)
    if (!answer.data) throw new ApiError('UNKNOWN', `The hub answered ${response.status} without data`)
    return answer.data
  }
}
