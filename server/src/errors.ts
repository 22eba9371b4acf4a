/** The closed list of refusals. Whoever calls the API can act on each of them. */
export const ERROR_CODES = [
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'BAD_USER_INPUT',
  'SERVER_NOT_FOUND',
  'NOT_FOUND',
  'CONFLICT',
  'QUERY_TOO_COMPLEX',
  'TOO_LARGE',
  'RATE_LIMITED',
  'UNAVAILABLE',
  'BAD_CURSOR',
  'CURSOR_EXPIRED',
  'SLOW_CONSUMER',
  'FLEET_TOO_LARGE',
] as const

export type ErrorCode = (typeof ERROR_CODES)[number]

/** What a refusal may carry besides its code and sentence. */
export interface RefusalDetails {
  /** The input field that is at fault, as the caller spelled it: `input.tags`. */
  readonly field?: string
  /** The cursor after which a feed can be resumed (SLOW_CONSUMER). */
  readonly cursor?: string
  /** Seconds after which the same call may succeed (UNAVAILABLE, RATE_LIMITED). */
  readonly retryAfterSeconds?: number
}

/** A refusal that the caller can act on. Anything else that is thrown is a defect and is shown to nobody. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: RefusalDetails = {},
  ) {
    super(message)
  }
}

/** A sentence for whoever starts the program: printed alone, without a stack, and the program ends. */
export class StartError extends Error {
  override readonly name = 'StartError'
}
