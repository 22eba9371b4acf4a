import type { FastifyInstance, FastifyRequest } from 'fastify'

/**
 * For the addresses that agents and shell scripts post to: the body is taken as it is, whatever type it claims to be, and
 * who calls is settled before it is read.
 */
export function takeAnyBody(scope: FastifyInstance, identify: (request: FastifyRequest) => Promise<void>): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  scope.addHook('onRequest', async (request) => {
    delete request.headers['content-type']
    await identify(request)
  })
}
