import { StartError } from '../errors.ts'
import type { HubAddress } from './hub-address.ts'

/** Longer than the hub waits for its database. */
const TIMEOUT_MS = 15_000

/** Nothing was sent: another hub can be tried whatever was asked for. */
const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

interface Answer<T> {
  readonly data?: T | null
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[]
}

/** This hub could not be asked; the next one may be. */
class Unreachable extends Error {
  constructor(
    sentence: string,
    readonly nothingWasSent: boolean,
  ) {
    super(sentence)
  }
}

/** The API of a running hub. Whatever is not an answer becomes one clear sentence. */
export class HubApi {
  constructor(
    readonly hub: HubAddress,
    readonly timeoutMs = TIMEOUT_MS,
  ) {}

  /** The address that is told to people. */
  get url(): string {
    return this.hub.urls[0]
  }

  /**
   * Asks the first hub that answers. A mutation that may have arrived is not sent to another hub.
   *
   * @throws StartError where no hub can be reached, or the one that can refuses.
   */
  async ask<T>(document: string, variables: Readonly<Record<string, unknown>> = {}): Promise<T> {
    const isMutation = document.startsWith('mutation')
    const problems: string[] = []
    for (const url of this.hub.urls) {
      try {
        return dataOf(url, await this.#post<T>(url, document, variables))
      } catch (error) {
        if (!(error instanceof Unreachable)) throw error
        problems.push(error.message)
        if (isMutation && !error.nothingWasSent) break
      }
    }
    throw new StartError(
      `${problems.join('\n')}\nStart the hub, or name another one by STACKSENSE_API_URL and STACKSENSE_TOKEN.`,
    )
  }

  async #post<T>(url: string, query: string, variables: object): Promise<Answer<T>> {
    let response: Response
    let text: string
    try {
      response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${this.hub.token}` },
        body: JSON.stringify({ query, variables }),
        // Not followed: the token is for this address.
        redirect: 'manual',
        signal: AbortSignal.timeout(this.timeoutMs),
      })
      text = await response.text()
    } catch (error) {
      throw unreachable(url, error as Error, this.timeoutMs)
    }
    const answer = parseAnswer<T>(text)
    if (!answer) throw new Unreachable(notAHub(url, response), false)
    if (answer.errors?.[0]?.extensions?.code === 'UNAVAILABLE') {
      throw new Unreachable(`The hub at ${url} is not able to work: ${answer.errors[0].message}`, false)
    }
    return answer
  }
}

function dataOf<T>(url: string, { data, errors }: Answer<T>): T {
  const [error] = errors ?? []
  if (error?.extensions?.code === 'UNAUTHENTICATED') {
    throw new StartError(`The hub at ${url} does not accept the token: check STACKSENSE_TOKEN.`)
  }
  if (error || !data) throw new StartError(`The hub refused: ${error?.message ?? 'it gave no reason.'}`)
  return data
}

function parseAnswer<T>(text: string): Answer<T> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const isAnswer = typeof value === 'object' && value !== null && ('data' in value || 'errors' in value)
    return isAnswer ? (value as Answer<T>) : undefined
  } catch {
    return undefined
  }
}

function unreachable(url: string, error: Error, timeoutMs: number): Unreachable {
  if (error.name === 'TimeoutError') {
    return new Unreachable(`The hub at ${url} does not answer within ${timeoutMs / 1_000} s.`, false)
  }
  const cause = error.cause as NodeJS.ErrnoException | undefined
  const why = cause?.message || cause?.code || error.message
  return new Unreachable(`No hub can be reached at ${url}: ${why}.`, NEVER_CONNECTED.has(cause?.code ?? ''))
}

function notAHub(url: string, { status, headers }: Response): string {
  const elsewhere = headers.get('location')
  const answer = elsewhere ? `redirects to ${elsewhere}` : `answers with status ${status}, but not as a hub does`
  return `${url} ${answer}: check STACKSENSE_API_URL.`
}
