import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { AccessRules } from '../access/permissions.ts'
import type { MetricSample } from '../core/metrics.ts'
import type { ServerId } from '../core/types.ts'
import { serverIdIn, unknownServer } from '../ingest/rest.ts'
import { readSampleBody } from '../metrics/read-body.ts'
import type { SampleOutcome } from '../metrics/record-sample.ts'
import { takeAnyBody } from './any-body.ts'

/** `POST /api/metrics/:id`: a sample as JSON. Whether the caller may report for the server is settled first. */
export function metricRoute(
  app: FastifyInstance,
  options: {
    readonly rules: AccessRules
    readonly record: (serverId: ServerId, sample: MetricSample) => Promise<SampleOutcome>
    readonly identify: (request: FastifyRequest) => Promise<void>
  },
): void {
  app.register(async (scope) => {
    takeAnyBody(scope, options.identify)

    scope.post<{ Params: { id: string }; Body: Buffer | undefined }>('/api/metrics/:id', async (request) => {
      const serverId = serverIdIn(request.params.id)
      options.rules.require(request.caller, 'POST /api/metrics/:id', serverId)
      const outcome = await options.record(serverId, readSampleBody(request.body))
      if (outcome.kind === 'unknown-server') throw unknownServer()
      return { status: 'ok', server_id: serverId, timestamp: new Date(outcome.at).toISOString() }
    })
  })
}
