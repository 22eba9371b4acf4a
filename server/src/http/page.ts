import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/** Scripts only from our own files. Styles may be inline: charts and pop-ups place themselves so. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

/** On every answer, whatever it is. What is not ours to cache says so itself. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
}

/** Files that the build names by their content never change. */
const FOR_EVER = 'public, max-age=31536000, immutable'
const ASK_EACH_TIME = 'no-cache'

/** Addresses that never are one of the page's own views. */
const NO_VIEW = /^\/(api|graphql|healthz|assets)(\/|$)|\.[a-z0-9]+$/i

const NOT_BUILT = 'The page has not been built. Run: npm run build\n'

/**
 * The page at `/`: files of the web build, and its entry for every address that the page's own router knows.
 * All else is answered as `answerMissing` says.
 */
export function page(
  app: FastifyInstance,
  webRoot: string,
  answerMissing: (request: FastifyRequest, reply: FastifyReply) => FastifyReply,
): void {
  const built = existsSync(join(webRoot, 'index.html'))
  app.register(async (scope) => {
    // A path that leads out of the folder, or cannot be one: there is nothing there either.
    scope.setErrorHandler((error: { statusCode?: number }, request, reply) => {
      if (error.statusCode === undefined || error.statusCode >= 500) throw error
      return answerMissing(request, reply)
    })
    // The build has compressed what is worth it.
    const options = { root: webRoot, preCompressed: true, cacheControl: false, setHeaders: cacheByName }
    if (built) scope.register(fastifyStatic, options)

    scope.setNotFoundHandler((request, reply) => {
      const path = request.url.split('?', 1)[0] ?? ''
      const isView = ['GET', 'HEAD'].includes(request.method) && !NO_VIEW.test(path)
      if (!isView) return answerMissing(request, reply)
      if (built) return reply.sendFile('index.html')
      return reply.code(503).type('text/plain; charset=utf-8').send(NOT_BUILT)
    })
  })

  function cacheByName(reply: FastifyReply, path: string): void {
    reply.header('cache-control', path.startsWith(join(webRoot, 'assets/')) ? FOR_EVER : ASK_EACH_TIME)
  }
}
