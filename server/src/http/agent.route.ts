import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { AccessRules } from '../access/permissions.ts'
import { tellOwnServer } from '../ingest/own-server.ts'

/** `GET /api/agent`: which server an agent token is for. */
export function agentRoute(
  app: FastifyInstance,
  options: {
    readonly rules: AccessRules
    readonly store: Parameters<typeof tellOwnServer>[1]
    readonly identify: (request: FastifyRequest) => Promise<void>
  },
): void {
  app.get('/api/agent', { onRequest: options.identify }, ({ caller }) => {
    options.rules.require(caller, 'GET /api/agent')
    return tellOwnServer(caller, options.store)
  })
}
