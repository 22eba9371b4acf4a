import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root, Subscription } from 'type-graphql'
import type { Anomaly, Server } from '../core/types.ts'
import { findAnomalies, listAnomalies, raiseAnomaly, resolveAnomaly } from '../store/anomalies.ts'
import { AnomalyFilterInput, RaiseAnomalyInput } from './anomaly.input.ts'
import { AnomalyConnectionType, AnomalyType } from './anomaly.type.ts'
import { cleanId, cleanPage } from './clean.ts'
import { cleanAnomalyFilter, cleanNewAnomaly, cleanNote } from './clean-input.ts'
import { type Connection, connectionOf } from './connection.type.ts'
import { actorOf, type GraphQLContext } from './context.ts'
import { ServerType } from './server.type.ts'

@Resolver(() => AnomalyType)
export class AnomalyResolver {
  @Query(() => AnomalyConnectionType, { description: 'Newest first.' })
  async anomalies(
    @Arg('filter', () => AnomalyFilterInput, { nullable: true }) filter: AnomalyFilterInput | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 50 }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() { services }: GraphQLContext,
  ): Promise<Connection<Anomaly>> {
    return connectionOf(await listAnomalies(services.store, cleanAnomalyFilter(filter), cleanPage({ first, after })))
  }

  @Query(() => AnomalyType, { nullable: true, description: 'Null where no anomaly has this id.' })
  async anomaly(@Arg('id', () => ID) id: string, @Ctx() { services }: GraphQLContext): Promise<Anomaly | null> {
    const [anomaly] = await findAnomalies(services.store, [cleanId(id, 'id')])
    return anomaly ?? null
  }

  @Mutation(() => AnomalyType, { description: 'Opens an anomaly, or brings the open one of this metric up to date.' })
  raiseAnomaly(
    @Arg('input', () => RaiseAnomalyInput) input: RaiseAnomalyInput,
    @Ctx() { services, caller }: GraphQLContext,
  ): Promise<Anomaly> {
    return raiseAnomaly(services.store, { ...cleanNewAnomaly(input), by: actorOf(caller) })
  }

  @Mutation(() => AnomalyType, { description: 'Ends the anomaly. Resolving twice answers the resolved one.' })
  resolveAnomaly(
    @Arg('id', () => ID) id: string,
    @Arg('note', () => String, { nullable: true }) note: string | null,
    @Ctx() { services, caller }: GraphQLContext,
  ): Promise<Anomaly> {
    return resolveAnomaly(services.store, cleanId(id, 'id'), actorOf(caller), cleanNote(note))
  }

  @Subscription(() => AnomalyType, {
    description: 'Anomalies raised, brought up to date or resolved.',
    subscribe: ({ args, context }) => context.services.changeFeed.anomalies(cleanAnomalyFilter(args.filter)),
  })
  anomalyChanged(
    @Arg('filter', () => AnomalyFilterInput, { nullable: true }) _filter: AnomalyFilterInput | null,
    @Root() anomaly: Anomaly,
  ): Anomaly {
    return anomaly
  }

  @FieldResolver(() => ServerType)
  server(@Root() anomaly: Anomaly, @Ctx() { loaders }: GraphQLContext): Promise<Server | undefined> {
    return loaders.servers.load(anomaly.serverId)
  }

  @FieldResolver(() => Boolean, { description: 'Not resolved.' })
  active(@Root() anomaly: Anomaly): boolean {
    return anomaly.resolvedAt === null
  }
}
