import type { FastifyInstance } from 'fastify'

/** A database that does not answer within this time counts as away. */
const PING_TIMEOUT_MS = 2_000

/**
 * `GET /healthz`: 200 while the database answers, else 503. Needs no credential and tells nothing else.
 *
 * Calls that come together share one look: nobody can load the database by asking whether it is well.
 */
export function healthRoute(app: FastifyInstance, ping: () => Promise<unknown>): void {
  let look: Promise<boolean> | undefined

  app.get('/healthz', async (_request, reply) => {
    look ??= answersInTime(ping).finally(() => {
      look = undefined
    })
    if (await look) return { status: 'ok' }
    return reply.code(503).header('retry-after', '1').send({ status: 'unavailable' })
  })
}

async function answersInTime(ping: () => Promise<unknown>): Promise<boolean> {
  const { promise: tooLate, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(resolve, PING_TIMEOUT_MS, false)
  const answer = ping().then(
    () => true,
    () => false,
  )
  try {
    return await Promise.race([answer, tooLate])
  } finally {
    clearTimeout(timer)
  }
}
