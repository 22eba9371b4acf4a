import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { AccessRules } from '../access/permissions.ts'
import { type Figure, inPrometheusText } from '../figures/figure.ts'

/** `GET /metrics`: the hub's own figures for Prometheus. Whoever may read may read them. */
export function figuresRoute(
  app: FastifyInstance,
  options: {
    readonly rules: AccessRules
    readonly identify: (request: FastifyRequest) => Promise<void>
    readonly figures: readonly Figure[]
  },
): void {
  app.get('/metrics', { onRequest: options.identify }, async (request, reply) => {
    options.rules.require(request.caller, 'GET /metrics')
    return reply.type('text/plain; version=0.0.4; charset=utf-8').send(inPrometheusText(options.figures))
  })
}
