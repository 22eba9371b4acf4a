import { type HubInstant, type OwnInstant, ownNow } from './clock.ts'
import type { SimulatedServer } from './fleet.ts'
import type { HttpAnswer } from './http-answer.ts'
import { HttpLines } from './http-lines.ts'

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
  readonly #lines: readonly HttpLines[]
  readonly #hubs = new Map<SimulatedServer, number>()

  constructor(urls: readonly string[], sockets: number, intervalMs: number) {
    const waitMs = Math.min(Math.max(intervalMs, SHORTEST_WAIT_MS), LONGEST_WAIT_MS)
    this.#lines = urls.map((url) => new HttpLines(url, { most: sockets, waitMs }))
  }

  async send(server: SimulatedServer): Promise<HeartbeatAnswer> {
    const count = this.#lines.length
    const hub = this.#hubs.get(server) ?? Number(server.id) % count
    const answer = await this.#sendTo(this.#lines[hub] as HttpLines, server)
    const isHeard = answer.kind === 'acknowledged' || answer.kind === 'refused'
    this.#hubs.set(server, isHeard ? hub : (hub + 1) % count)
    return answer
  }

  #sendTo(lines: HttpLines, { id, token }: SimulatedServer): Promise<HeartbeatAnswer> {
    return lines.postJson(`/api/heartbeat/${id}/`, token, BODY).then(
      (answer) => answerOf(answer, id),
      (error: NodeJS.ErrnoException) => {
        const why = error.code ?? error.message
        return { kind: NOT_SENT.has(why) ? 'unsent' : 'unanswered', why }
      },
    )
  }

  close(): void {
    for (const lines of this.#lines) lines.close()
  }
}

function answerOf({ status, body: text }: HttpAnswer, serverId: string): HeartbeatAnswer {
  const ackedAt = ownNow()
  const body = parse(text)
  const recordedAt = Date.parse(body.timestamp ?? '')
  if (
    status === 200 &&
    body.heartbeat_received === true &&
    String(body.server_id) === serverId &&
    !Number.isNaN(recordedAt)
  ) {
    return { kind: 'acknowledged', ackedAt, recordedAt }
  }
  // A 5xx may hide a commit whose answer was lost between the hub and its database.
  return {
    kind: status >= 400 && status < 500 ? 'refused' : 'unanswered',
    why: `HTTP ${status} ${body.code ?? ''}`.trim(),
  }
}

function parse(text: string): { server_id?: number; heartbeat_received?: boolean; timestamp?: string; code?: string } {
  try {
    return JSON.parse(text) as object
  } catch {
    return {}
  }
}
