import 'reflect-metadata'
import type { GraphQLSchema } from 'graphql'
import { buildSchema, type PubSub } from 'type-graphql'
import { AcknowledgementResolver } from './acknowledgement.resolver.ts'
import { AlertResolver } from './alert.resolver.ts'
import { AnomalyResolver } from './anomaly.resolver.ts'
import { ApiTokenResolver } from './api-token.resolver.ts'
import { AvailabilityResolver } from './availability.resolver.ts'
import { FleetResolver } from './fleet.resolver.ts'
import { guardRootFields } from './guard.ts'
import { HeartbeatResolver } from './heartbeat.resolver.ts'
import { HeartbeatQualityResolver } from './heartbeat-quality.resolver.ts'
import { HubResolver } from './hub.resolver.ts'
import { MetricResolver, ServerMetricResolver } from './metric.resolver.ts'
import { ServerResolver } from './server.resolver.ts'
import { ServerChangesResolver } from './server-changes.resolver.ts'
import { StatusEventResolver } from './status-event.resolver.ts'
import { FleetHistoryResolver, StatusStripResolver } from './status-strip.resolver.ts'
import { ViewerResolver } from './viewer.resolver.ts'

/** The executable schema, each root field behind its permission. */
export async function createSchema(): Promise<GraphQLSchema> {
  const schema = await buildSchema({
    resolvers: [
      FleetResolver,
      ServerResolver,
      ServerChangesResolver,
      AcknowledgementResolver,
      HeartbeatResolver,
      HeartbeatQualityResolver,
      AlertResolver,
      AnomalyResolver,
      StatusEventResolver,
      StatusStripResolver,
      FleetHistoryResolver,
      MetricResolver,
      ServerMetricResolver,
      ApiTokenResolver,
      AvailabilityResolver,
      HubResolver,
      ViewerResolver,
    ],
    // Input is cleaned by clean.ts, which answers in our own codes.
    validate: false,
    pubSub: NO_PUB_SUB,
  })
  guardRootFields(schema)
  return schema
}

/** type-graphql asks for one although each subscription brings its own stream. */
const NO_PUB_SUB: PubSub = {
  publish: () => undefined,
  subscribe: (topic) => {
    throw new Error(`A subscription without a stream of its own: ${topic}`)
  },
}
