import type { FastifyRequest } from 'fastify'
import type { Authenticator } from '../access/authenticator.ts'
import type { Caller } from '../access/caller.ts'
import { credentialOf, identify } from './auth.ts'
import { requireOwnOrigin } from './origin.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who sent it; anonymous on routes that look at no credential. */
    caller: Caller
    /** `performance.now()` when its headers had been read; once it has a body, when all of it had arrived. */
    arrivedAtMs: number
    /** `performance.now()` when it was known who sent it. */
    identifiedAtMs: number
  }
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Tells who sent a request before its body is read, so that a stranger's body costs nothing.
 *
 * A browser adds the cookie to whatever any page makes it send: what changes something by cookie must come from our page.
 */
export function identifyCaller(authenticator: Authenticator, publicUrl: string | undefined) {
  return async (request: FastifyRequest): Promise<void> => {
    const credential = credentialOf(request.headers)
    if (credential.kind === 'session' && !SAFE.has(request.method)) requireOwnOrigin(request.headers, publicUrl)
    request.caller = await identify(credential, authenticator)
  }
}
