import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { AccessRules } from '../access/permissions.ts'
import { receiveFarewell } from '../ingest/farewell.ts'
import { takeAnyBody } from './any-body.ts'

/** `POST /api/farewell/:id`: an agent, or a script that reboots a machine, says why the server will be silent. */
export function farewellRoute(
  app: FastifyInstance,
  options: {
    readonly rules: AccessRules
    readonly store: Parameters<typeof receiveFarewell>[1]
    readonly identify: (request: FastifyRequest) => Promise<void>
  },
): void {
  app.register(async (scope) => {
    takeAnyBody(scope, options.identify)
    scope.post<{ Params: { id: string }; Body: Buffer | undefined }>('/api/farewell/:id', ({ caller, params, body }) =>
      receiveFarewell(options.rules, options.store, { caller, id: params.id, body }),
    )
  })
}
