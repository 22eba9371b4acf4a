import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { AccessRules } from '../access/permissions.ts'
import { Refusal } from '../errors.ts'
import { FORMATS, fileNamed, openExport } from '../export/export.ts'
import type { Query } from '../export/query.ts'
import type { Services } from '../graphql/context.ts'

/** `GET /api/export/:file`: events, alerts or anomalies as one file, as long as they are; the filters are the API's. */
export function exportRoute(
  app: FastifyInstance,
  options: {
    readonly rules: AccessRules
    readonly store: Services['store']
    readonly identify: (request: FastifyRequest) => Promise<void>
  },
): void {
  app.get<{ Params: { file: string }; Querystring: Query }>(
    '/api/export/:file',
    { onRequest: options.identify },
    async ({ caller, params, query }, reply) => {
      options.rules.require(caller, 'GET /api/export/:file')
      const file = fileNamed(params.file)
      if (!file) throw new Refusal('NOT_FOUND', 'There is events, alerts or anomalies, each as .csv or .json.')
      const text = await openExport(options.store, file, query)
      return reply
        .type(FORMATS[file.format])
        .header('content-disposition', `attachment; filename="stacksense-${file.list}.${file.format}"`)
        .header('cache-control', 'no-store')
        .send(Readable.from(text))
    },
  )
}
