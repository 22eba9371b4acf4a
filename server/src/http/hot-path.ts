import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import type { Authenticator } from '../access/authenticator.ts'
import type { Caller } from '../access/caller.ts'
import { logAnswer } from './answer-log.ts'
import { tokenIn } from './auth.ts'
import { SECURITY_HEADERS } from './page.ts'
import { readBodyBefore } from './read-before.ts'
import { logFailure, toHttpError } from './rest-error.ts'

/** Handles a request, as Node hands it over. */
export type Handle = (request: IncomingMessage, response: ServerResponse) => void

/** A request that is known to be simple: who calls is remembered, and the body is small and here. */
export interface HotRequest {
  readonly caller: Caller
  readonly path: string
  readonly body: Buffer
  readonly headers: IncomingMessage['headers']
  /** `performance.now()` when all of it had arrived. */
  readonly arrivedAtMs: number
}

export interface HotAnswer {
  readonly status: number
  /** JSON. */
  readonly body: string
  /** Besides those of every answer. */
  readonly headers?: Readonly<Record<string, string>>
}

export interface HotRoute {
  /** How long a body may be here; undefined where this is not the route. By the address alone, before the body is read. */
  readonly maxBody: (path: string, caller: Caller) => number | undefined
  /** The answer, or undefined at once where the request is not so simple: then it takes the usual way. Never fails. */
  readonly answer: (request: HotRequest) => Promise<HotAnswer> | undefined
}

/** As Node takes them without another look: name, value, name, value … */
const HEADERS = Object.entries({ 'content-type': 'application/json; charset=utf-8', ...SECURITY_HEADERS }).flat()

/**
 * A short way for what a whole fleet sends every half minute, past everything that other requests need.
 *
 * It decides nothing: routes here answer with the same functions as the usual ones, and whatever is out of the ordinary (a
 * credential that has to be looked up, a large body, another address) goes there.
 */
export function hotPath(
  options: {
    readonly routes: readonly HotRoute[]
    readonly authenticator: Pick<Authenticator, 'remembered'>
    readonly log: Logger
  },
  next: Handle,
): Handle {
  const { routes, authenticator, log } = options
  return (request, response) => {
    const beganAtMs = performance.now()
    const { method, url: path = '', headers } = request
    const caller = method === 'POST' && isPlain(headers) ? rememberedCaller(authenticator, headers) : undefined
    const length = Number(headers['content-length'] ?? 0)
    const route = caller && routes.find((one) => length <= (one.maxBody(path, caller) ?? -1))
    if (!caller || !route) return next(request, response)

    const fail = (error: unknown) => {
      logFailure(log, error, request)
      writeDefect(response, error)
    }
    readBodyBefore(request, length, (body) => {
      try {
        const answer = route.answer({ caller, path, body, headers, arrivedAtMs: performance.now() })
        if (!answer) return next(request, response)
        answer
          .then((content) => {
            write(response, content)
            logAnswer(log, request, content.status, performance.now() - beganAtMs)
          })
          .catch(fail)
      } catch (error) {
        fail(error)
      }
    })
  }
}

/** The length of its body is known beforehand, and nobody waits to be asked for it. */
function isPlain(headers: IncomingMessage['headers']): boolean {
  return headers['transfer-encoding'] === undefined && headers.expect === undefined
}

function rememberedCaller(
  authenticator: Pick<Authenticator, 'remembered'>,
  { authorization }: IncomingMessage['headers'],
): Caller | undefined {
  if (authorization === undefined) return undefined
  try {
    return authenticator.remembered(tokenIn(authorization))
  } catch {
    return undefined // holds no token: refused on the usual way
  }
}

function write(response: ServerResponse, { status, body, headers }: HotAnswer): void {
  const all = [...HEADERS, 'content-length', String(Buffer.byteLength(body))]
  if (headers) all.push(...Object.entries(headers).flat())
  response.writeHead(status, all)
  response.end(body)
}

/** Routes never fail by themselves; where one does all the same, only its own request may suffer. */
function writeDefect(response: ServerResponse, error: unknown): void {
  if (response.writableEnded) return
  if (response.headersSent) return void response.destroy()
  const { status, message, code, headers } = toHttpError(error)
  write(response, { status, body: JSON.stringify({ error: message, code }), headers })
}
