import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { AccessRules } from '../access/permissions.ts'
import type { ServerId } from '../core/types.ts'
import { serverIdIn, unknownServer } from '../ingest/rest.ts'
import type { AgedSample } from '../metrics/clean-sample.ts'
import { readSamplesBody } from '../metrics/read-body.ts'
import type { SamplesOutcome } from '../metrics/sample-writer.ts'
import { takeAnyBody } from './any-body.ts'

/** Some hundreds of samples. */
const METRIC_BODY_LIMIT = 256 * 1_024

/** `POST /api/metrics/:id`: a sample as JSON, or a list of them. Whether the caller may report for the server is settled first. */
export function metricRoute(
  app: FastifyInstance,
  options: {
    readonly rules: AccessRules
    readonly record: (serverId: ServerId, samples: AgedSample[], arrivedAtMs: number) => Promise<SamplesOutcome>
    readonly identify: (request: FastifyRequest) => Promise<void>
  },
): void {
  app.register(async (scope) => {
    takeAnyBody(scope, options.identify)

    const limits = { bodyLimit: METRIC_BODY_LIMIT }
    scope.post<{ Params: { id: string }; Body: Buffer | undefined }>('/api/metrics/:id', limits, async (request) => {
      const serverId = serverIdIn(request.params.id)
      options.rules.require(request.caller, 'POST /api/metrics/:id', serverId)
      const outcome = await options.record(serverId, readSamplesBody(request.body), request.arrivedAtMs)
      if (outcome.kind === 'unknown-server') throw unknownServer()
      const { at, recorded, doubled, tooOld, tooMany } = outcome
      const timestamp = at === null ? null : new Date(at).toISOString()
      const counts = { recorded, doubled, too_old: tooOld, too_many: tooMany }
      return { status: 'ok', server_id: serverId, timestamp, ...counts }
    })
  })
}
