import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { AccessRules } from '../access/permissions.ts'
import type { BatchWriter } from '../ingest/batch-writer.ts'
import { receiveHeartbeat } from '../ingest/rest.ts'
import { takeAnyBody } from './any-body.ts'

const CHALLENGE = 'Basic realm="StackSense", Bearer realm="StackSense"'

/**
 * `POST /api/heartbeat/:id`: the original's address. The body is taken as it is, whatever type it claims to be.
 *
 * The challenge names Basic, too: a client that knows its credential from the address alone may wait for that before it
 * sends it. (Elsewhere it does not: browsers would ask people for a password.)
 */
export function heartbeatRoute(
  app: FastifyInstance,
  options: {
    readonly rules: AccessRules
    readonly writer: Pick<BatchWriter, 'record'>
    readonly identify: (request: FastifyRequest) => Promise<void>
  },
): void {
  app.register(async (scope) => {
    takeAnyBody(scope, options.identify)
    scope.addHook('onSend', async (_request, reply) => {
      if (reply.statusCode === 401) reply.header('www-authenticate', CHALLENGE)
    })

    scope.post<{ Params: { id: string }; Body: Buffer | undefined }>('/api/heartbeat/:id', (request) => {
      const { caller, params, body, arrivedAtMs } = request
      return receiveHeartbeat(options.rules, options.writer, { caller, id: params.id, body, arrivedAtMs })
    })
  })
}
