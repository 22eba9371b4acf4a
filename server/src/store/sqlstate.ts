/** The session was ended because it stood still in the middle of a transaction, which was rolled back. */
const IDLE_IN_TRANSACTION = '25P03'

/** SQLSTATEs after which the same transaction may simply be run again. */
const RETRYABLE = new Set([
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '55P03', // lock_not_available: lock_timeout
  IDLE_IN_TRANSACTION,
])

/**
 * Connection exceptions; a server that shuts down, starts up, or has no room; one that lets us in no more, or has become
 * a replica that cannot be written to.
 */
const UNREACHABLE_CLASSES = new Set(['08', '28', '3D', '53', '57', '58', '25006'])

const UNREACHABLE_ERRNOS = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
])

/** Sentences of `pg` for a connection that went away; it gives them no code. */
const UNREACHABLE_MESSAGES =
  /connection terminated|client has encountered a connection error|not queryable|timeout exceeded when trying to connect|query read timeout|client was closed/i

function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | null)?.code ?? '')
}

/** A deadlock, a serialization failure, a lock that was not had in time, or a pause of ours in the middle. */
export function isRetryable(error: unknown): boolean {
  return RETRYABLE.has(codeOf(error))
}

/** The database took the session away, and the transaction with it: it is known that nothing was committed. */
export function isSessionEnded(error: unknown): boolean {
  return codeOf(error) === IDLE_IN_TRANSACTION
}

/** The database cannot be reached, or ended our session: nothing is known of what was asked. */
export function isUnreachable(error: unknown): boolean {
  const code = codeOf(error)
  if (UNREACHABLE_ERRNOS.has(code) || UNREACHABLE_CLASSES.has(code)) return true
  if (code.length === 5 && UNREACHABLE_CLASSES.has(code.slice(0, 2))) return true
  return error instanceof Error && UNREACHABLE_MESSAGES.test(error.message)
}

/** Classes 22 and 23: what was sent is at fault, not the moment. */
export function isBadData(error: unknown): boolean {
  return /^2[23]/.test(codeOf(error))
}

/** Whether a unique index of this name refused the row. */
export function isDuplicate(error: unknown, index: string): boolean {
  return codeOf(error) === '23505' && (error as { constraint?: string }).constraint === index
}
