import type { FastifyInstance, FastifyRequest } from 'fastify'
import { AttemptLimit } from '../access/attempt-limit.ts'
import type { AccessRules } from '../access/permissions.ts'
import { SESSION_SECONDS, type Sessions } from '../access/sessions.ts'
import { Refusal } from '../errors.ts'
import { requireOwnOrigin } from './origin.ts'
import { sessionCookie, sessionSecretIn } from './session-cookie.ts'

/** `/api/session`: signing in by token or one-time code, who is signed in, signing out. */
export function sessionRoutes(
  app: FastifyInstance,
  options: {
    readonly rules: AccessRules
    readonly sessions: Pick<Sessions, 'openByToken' | 'openByCode' | 'close'>
    readonly identify: (request: FastifyRequest) => Promise<void>
    readonly publicUrl: string | undefined
    readonly limit?: AttemptLimit
  },
): void {
  const { rules, sessions, publicUrl, limit = new AttemptLimit() } = options
  // Whoever signs in may carry an old cookie, so no credential is looked at; but a stranger's page signs nobody in or out.
  const onRequest = async (request: FastifyRequest) => requireOwnOrigin(request.headers, publicUrl)

  app.post('/api/session', { onRequest }, async (request, reply) => {
    const secret = await countingFailures(limit, request.ip, () => openSession(sessions, request.body))
    const cookie = sessionCookie(secret, { seconds: SESSION_SECONDS, secure: cameByTls(request, publicUrl) })
    return reply.code(204).header('set-cookie', cookie).send()
  })

  app.get('/api/session', { onRequest: options.identify }, async ({ caller }) => {
    rules.require(caller, 'GET /api/session')
    if (caller.kind !== 'user') throw new Error('The table lets users only read the session')
    return { name: caller.name, scope: caller.scope }
  })

  app.delete('/api/session', { onRequest }, async (request, reply) => {
    const secret = sessionSecretIn(request.headers.cookie)
    if (secret) await sessions.close(secret)
    const cookie = sessionCookie('', { seconds: 0, secure: cameByTls(request, publicUrl) })
    return reply.code(204).header('set-cookie', cookie).send()
  })
}

async function openSession(sessions: Pick<Sessions, 'openByToken' | 'openByCode'>, body: unknown): Promise<string> {
  const { token, code } = (body ?? {}) as { token?: unknown; code?: unknown }
  if (typeof token === 'string' && code === undefined) return sessions.openByToken(token.trim())
  if (typeof code === 'string' && token === undefined) return sessions.openByCode(code.trim())
  throw new Refusal('BAD_USER_INPUT', 'Send either {"token": "…"} or {"code": "…"}.', {
    field: code === undefined ? 'token' : 'code',
  })
}

/** Only a wrong credential counts against the address. */
async function countingFailures<T>(limit: AttemptLimit, address: string, attempt: () => Promise<T>): Promise<T> {
  limit.begin(address)
  try {
    const answer = await attempt()
    limit.giveBack(address)
    return answer
  } catch (error) {
    if (!(error instanceof Refusal && error.code === 'UNAUTHENTICATED')) limit.giveBack(address)
    throw error
  }
}

/**
 * Whether the page came over TLS: by its public address, or as the proxy says. (Whoever forges that header only hides the
 * cookie from themselves.)
 */
function cameByTls(request: FastifyRequest, publicUrl: string | undefined): boolean {
  return publicUrl?.startsWith('https:') === true || request.headers['x-forwarded-proto'] === 'https'
}
