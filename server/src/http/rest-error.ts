import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { type ErrorCode, Refusal } from '../errors.ts'

/** The one table from refusals to HTTP. */
const STATUS: Readonly<Record<ErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  BAD_USER_INPUT: 400,
  SERVER_NOT_FOUND: 404,
  NOT_FOUND: 404,
  CONFLICT: 409,
  QUERY_TOO_COMPLEX: 400,
  TOO_LARGE: 413,
  RATE_LIMITED: 429,
  UNAVAILABLE: 503,
  BAD_CURSOR: 400,
  CURSOR_EXPIRED: 410,
  SLOW_CONSUMER: 503,
  FLEET_TOO_LARGE: 400,
}

/** An error as it goes over the wire: nothing in it that a stranger may not read. */
export interface HttpError {
  readonly status: number
  readonly code: ErrorCode | 'DEFECT'
  readonly message: string
  readonly field?: string
  readonly headers: Readonly<Record<string, string>>
}

const DEFECT: HttpError = {
  status: 500,
  code: 'DEFECT',
  message: 'Something went wrong on our side.',
  headers: {},
}

/** What an error becomes over HTTP: refusals by the table, what Fastify refuses as bad input, all else a defect. */
export function toHttpError(error: unknown): HttpError {
  if (error instanceof Refusal) return fromRefusal(error)
  const status = fastifyStatus(error)
  if (status === 413 || status === 414 || status === 431) {
    return { status, code: 'TOO_LARGE', message: 'The request is too large.', headers: { connection: 'close' } }
  }
  if (status !== undefined) return { status, code: 'BAD_USER_INPUT', message: (error as Error).message, headers: {} }
  return DEFECT
}

function fromRefusal({ code, message, details }: Refusal): HttpError {
  const headers: Record<string, string> = {}
  if (code === 'UNAUTHENTICATED') headers['www-authenticate'] = 'Bearer realm="StackSense"'
  if (STATUS[code] === 503 || STATUS[code] === 429) headers['retry-after'] = String(details.retryAfterSeconds ?? 1)
  return {
    status: STATUS[code],
    code,
    message,
    headers,
    ...(details.field === undefined ? {} : { field: details.field }),
  }
}

/** Fastify's own refusals of a request carry a code and a status below 500. */
function fastifyStatus(error: unknown): number | undefined {
  const { code, statusCode } = (error ?? {}) as { code?: unknown; statusCode?: unknown }
  const own = typeof code === 'string' && code.startsWith('FST_')
  // A body that would poison a prototype is refused by a plain SyntaxError.
  const refused = own || error instanceof SyntaxError
  return refused && typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500 ? statusCode : undefined
}

/** Answers a REST call with an error, as JSON; a defect is logged in full and shown to nobody. */
export function restErrorHandler(log: Logger) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const { status, headers, message, code, field } = toHttpError(error)
    if (status >= 500) logFailure(log, error, request)
    return reply.code(status).headers(headers).send({ error: message, code, field })
  }
}

/** A refusal of ours is worth a line, a defect its whole stack. The address is logged without its query. */
export function logFailure(
  log: Logger,
  error: unknown,
  request: { readonly method?: string | undefined; readonly url?: string | undefined },
): void {
  const call = { method: request.method, path: request.url?.split('?', 1)[0] }
  if (error instanceof Refusal) log.warn({ ...call, code: error.code }, error.message)
  else log.error({ ...call, err: error }, 'A request failed by a defect.')
}
