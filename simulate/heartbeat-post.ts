import { Agent as HttpAgent, request as httpRequest } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { type HubInstant, type OwnInstant, ownNow } from './clock.ts'
import type { SimulatedServer } from './fleet.ts'

export type HeartbeatAnswer =
  | { readonly kind: 'acknowledged'; readonly ackedAt: OwnInstant; readonly recordedAt: HubInstant }
  /** The hub said no: it was not recorded. */
  | { readonly kind: 'refused'; readonly why: string }
  /** Nobody listened: it was not recorded. */
  | { readonly kind: 'unsent'; readonly why: string }
  /** It broke off under way: it may have been recorded. */
  | { readonly kind: 'unanswered'; readonly why: string }

/** Whoever waits longer for an answer than this has no time left to ask another hub. */
const LONGEST_WAIT_MS = 5_000
const SHORTEST_WAIT_MS = 1_000
const BODY = '{"agent_version":"simulated"}'

/** The request never left: nobody listened. */
const NOT_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'EMFILE'])

/**
 * Sends heartbeats as the original's agents do, over a bounded number of connections that stay open. Of several hubs each
 * server keeps to one, and goes to the next one when that does not answer.
 */
export class HeartbeatPost {
  readonly #http: HttpAgent
  readonly #https: HttpsAgent
  readonly #hubs = new Map<SimulatedServer, number>()
  readonly #waitMs: number

  constructor(
    readonly urls: readonly string[],
    sockets: number,
    intervalMs: number,
  ) {
    const options = { keepAlive: true, maxSockets: sockets, maxFreeSockets: sockets }
    this.#http = new HttpAgent(options)
    this.#https = new HttpsAgent(options)
    this.#waitMs = Math.min(Math.max(intervalMs, SHORTEST_WAIT_MS), LONGEST_WAIT_MS)
  }

  async send(server: SimulatedServer): Promise<HeartbeatAnswer> {
    const hub = this.#hubs.get(server) ?? Number(server.id) % this.urls.length
    const answer = await this.#sendTo(this.urls[hub] as string, server)
    const isHeard = answer.kind === 'acknowledged' || answer.kind === 'refused'
    this.#hubs.set(server, isHeard ? hub : (hub + 1) % this.urls.length)
    return answer
  }

  #sendTo(url: string, server: SimulatedServer): Promise<HeartbeatAnswer> {
    const isSecure = url.startsWith('https:')
    const send = isSecure ? httpsRequest : httpRequest
    return new Promise((resolve) => {
      const failed = (error: NodeJS.ErrnoException) => {
        const why = error.code ?? error.message
        resolve({ kind: NOT_SENT.has(why) ? 'unsent' : 'unanswered', why })
      }
      const headers = {
        authorization: `Bearer ${server.token}`,
        'content-type': 'application/json',
        'content-length': BODY.length,
      }
      const options = { method: 'POST', agent: isSecure ? this.#https : this.#http, headers, timeout: this.#waitMs }
      const request = send(`${url}/api/heartbeat/${server.id}/`, options, (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => (text += chunk))
        response.on('error', failed)
        response.on('end', () => resolve(answerOf(response.statusCode ?? 0, text)))
      })
      request.on('timeout', () => request.destroy(Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' })))
      request.on('error', failed)
      request.end(BODY)
    })
  }

  close(): void {
    this.#http.destroy()
    this.#https.destroy()
  }
}

function answerOf(status: number, text: string): HeartbeatAnswer {
  const ackedAt = ownNow()
  const body = parse(text)
  const recordedAt = Date.parse(body.timestamp ?? '')
  if (status === 200 && body.heartbeat_received === true && !Number.isNaN(recordedAt)) {
    return { kind: 'acknowledged', ackedAt, recordedAt }
  }
  // A 5xx may hide a commit whose answer was lost between the hub and its database.
  return {
    kind: status >= 400 && status < 500 ? 'refused' : 'unanswered',
    why: `HTTP ${status} ${body.code ?? ''}`.trim(),
  }
}

function parse(text: string): { heartbeat_received?: boolean; timestamp?: string; code?: string } {
  try {
    return JSON.parse(text) as object
  } catch {
    return {}
  }
}
