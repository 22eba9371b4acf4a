import type { FailureReason, Host, PostResult } from './host.ts'
import type { Hub } from './hub-url.ts'
import { VERSION } from './version.ts'

/** What became of one request, in the terms that decide what to do next and what to tell a person. */
export type CallOutcome =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'unreachable'; readonly reason: FailureReason; readonly detail: string }
  | { readonly kind: 'server-error'; readonly status: number; readonly retryAfterMs: number }
  | { readonly kind: 'rate-limited'; readonly retryAfterMs: number }
  | { readonly kind: 'unauthorised' }
  | { readonly kind: 'forbidden' }
  | { readonly kind: 'unknown-server' }
  /** The hub knows the server and the token, and will not take what was sent. */
  | { readonly kind: 'rejected'; readonly code: string; readonly message: string }
  | { readonly kind: 'redirected'; readonly to: string }
  /** Something answered that is no hub, or a hub of another kind. */
  | { readonly kind: 'not-a-hub'; readonly status: number }

export interface Call {
  /** Below the hub's base path. */
  readonly path: string
  readonly body: unknown
  /** Whether the JSON of an answer with status 200 says that the call was accepted. */
  readonly accepted: (answer: unknown) => boolean
}

/** A hub, or what stands before it, may ask for this much patience and no more: a silent agent looks like a dead server. */
const MAX_RETRY_AFTER_MS = 300_000

const MAX_MESSAGE_LENGTH = 200

export async function callHub(host: Host, hub: Hub, call: Call, timeoutMs: number): Promise<CallOutcome> {
  const result = await host.post({
    secure: hub.secure,
    host: hub.host,
    port: hub.port,
    path: hub.basePath + call.path,
    headers: headersFor(hub),
    body: JSON.stringify(call.body),
    timeoutMs,
  })
  return classify(result, call.accepted)
}

function headersFor(hub: Hub): Record<string, string> {
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json',
    'user-agent': `stacksense-agent/${VERSION}`,
  }
  return hub.token === undefined ? headers : { ...headers, authorization: `Bearer ${hub.token}` }
}

/**
 * A hub's own code counts before the HTTP status: GraphQL answers 200 with errors, and a 404 of something that stands in
 * for a hub (a proxy while the hub restarts) says nothing about the server.
 */
export function classify(result: PostResult, accepted: Call['accepted']): CallOutcome {
  if (result.kind === 'failed') return { kind: 'unreachable', reason: result.reason, detail: result.detail }

  const { status } = result
  const retryAfterMs = retryAfterOf(result.headers)
  const answer = parseJson(result.body)
  const refusal = refusalIn(answer)
  if (refusal !== undefined)
    return byCode(refusal, status, retryAfterMs) ?? byStatus(status, result.headers, retryAfterMs)
  if (status === 200 && accepted(answer)) return { kind: 'accepted' }
  return byStatus(status, result.headers, retryAfterMs)
}

interface HubRefusal {
  readonly code: string
  readonly message: string
}

function byCode(refusal: HubRefusal, status: number, retryAfterMs: number): CallOutcome | undefined {
  switch (refusal.code) {
    case 'UNAUTHENTICATED':
      return { kind: 'unauthorised' }
    case 'FORBIDDEN':
      return { kind: 'forbidden' }
    case 'SERVER_NOT_FOUND':
      return { kind: 'unknown-server' }
    case 'RATE_LIMITED':
      return { kind: 'rate-limited', retryAfterMs }
    case 'UNAVAILABLE':
    case 'DEFECT':
    case 'INTERNAL_SERVER_ERROR':
      return { kind: 'server-error', status, retryAfterMs }
    case '':
      return undefined
    default:
      return { kind: 'rejected', ...refusal }
  }
}

function byStatus(status: number, headers: Readonly<Record<string, string>>, retryAfterMs: number): CallOutcome {
  if (status === 401) return { kind: 'unauthorised' }
  if (status === 403) return { kind: 'forbidden' }
  if (status === 429) return { kind: 'rate-limited', retryAfterMs }
  if (status >= 300 && status < 400) return { kind: 'redirected', to: showLocation(headers.location) }
  if (status >= 500 || status === 408 || status === 425) return { kind: 'server-error', status, retryAfterMs }
  return { kind: 'not-a-hub', status }
}

/** The refusal in an answer: GraphQL's first error, or the REST shim's. Undefined in an answer that holds none. */
function refusalIn(answer: unknown): HubRefusal | undefined {
  if (!isObject(answer)) return undefined
  if (Array.isArray(answer.errors) && answer.errors.length > 0) {
    const error: unknown = answer.errors[0]
    const extensions = isObject(error) ? error.extensions : undefined
    return {
      code: textIn(isObject(extensions) ? extensions.code : undefined),
      message: textIn(isObject(error) ? error.message : undefined),
    }
  }
  if (typeof answer.error !== 'string') return undefined
  const message = textIn(answer.error)
  // The original's hub has no codes, only this sentence.
  const code = message === 'Server not found' ? 'SERVER_NOT_FOUND' : textIn(answer.code)
  return { code, message }
}

/**
 * How long the answer asks to wait; 0 when it does not ask.
 *
 * A date is compared with the answer's own Date, for this machine's clock may be wrong.
 */
function retryAfterOf(headers: Readonly<Record<string, string>>): number {
  const value = (headers['retry-after'] ?? '').trim()
  const ms = /^[0-9]+$/.test(value) ? Number(value) * 1000 : httpDate(value) - httpDate(headers.date ?? '')
  return ms > 0 ? Math.min(ms, MAX_RETRY_AFTER_MS) : 0
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Milliseconds of `Sun, 06 Nov 1994 08:49:37 GMT`, by hand: engines differ in what Date.parse takes. NaN for anything else. */
function httpDate(value: string): number {
  const parts = /^\w{3}, (\d{2}) (\w{3}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT$/.exec(value)
  if (parts === null) return Number.NaN
  const [, day, month = '', year, hour, minute, second] = parts
  return Date.UTC(Number(year), MONTHS.indexOf(month), Number(day), Number(hour), Number(minute), Number(second))
}

/** Where a redirect points, fit for a log: no credentials, no query, which may hold a secret. */
function showLocation(location: string | undefined): string {
  const withoutSecrets = (location ?? '').replace(/[?#].*$/, '').replace(/\/\/[^@/]*@/, '//')
  return textIn(withoutSecrets) || 'nowhere'
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

/** Text of a stranger, fit for one line of a log. */
function textIn(value: unknown): string {
  if (typeof value !== 'string') return ''
  return value.replace(/[^\x20-\x7e]+/g, ' ').slice(0, MAX_MESSAGE_LENGTH)
}
