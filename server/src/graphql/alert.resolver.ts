import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root, Subscription } from 'type-graphql'
import type { Alert, Server } from '../core/types.ts'
import { acknowledgeAlert, findAlerts, listAlerts, raiseAlert, resolveAlert } from '../store/alerts.ts'
import { AlertFilterInput, RaiseAlertInput } from './alert.input.ts'
import { AlertConnectionType, AlertType } from './alert.type.ts'
import { cleanId, cleanPage } from './clean.ts'
import { cleanAlertFilter, cleanNewAlert, cleanNote } from './clean-input.ts'
import { type Connection, connectionOf } from './connection.type.ts'
import { actorOf, type GraphQLContext } from './context.ts'
import { ServerType } from './server.type.ts'

@Resolver(() => AlertType)
export class AlertResolver {
  @Query(() => AlertConnectionType, { description: 'Newest first.' })
  async alerts(
    @Arg('filter', () => AlertFilterInput, { nullable: true }) filter: AlertFilterInput | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 50 }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() { services }: GraphQLContext,
  ): Promise<Connection<Alert>> {
    return connectionOf(await listAlerts(services.store, cleanAlertFilter(filter), cleanPage({ first, after })))
  }

  @Query(() => AlertType, { nullable: true, description: 'Null where no alert has this id.' })
  async alert(@Arg('id', () => ID) id: string, @Ctx() { services }: GraphQLContext): Promise<Alert | null> {
    const [alert] = await findAlerts(services.store, [cleanId(id, 'id')])
    return alert ?? null
  }

  @Mutation(() => AlertType, { description: 'Opens an alert, or brings the open one with this key up to date.' })
  raiseAlert(
    @Arg('input', () => RaiseAlertInput) input: RaiseAlertInput,
    @Ctx() { services, caller }: GraphQLContext,
  ): Promise<Alert> {
    return raiseAlert(services.store, { ...cleanNewAlert(input), by: actorOf(caller) })
  }

  @Mutation(() => AlertType, { description: 'Says that somebody knows. The alert stays active.' })
  acknowledgeAlert(
    @Arg('id', () => ID) id: string,
    @Arg('note', () => String, { nullable: true }) note: string | null,
    @Ctx() { services, caller }: GraphQLContext,
  ): Promise<Alert> {
    return acknowledgeAlert(services.store, cleanId(id, 'id'), actorOf(caller), cleanNote(note))
  }

  @Mutation(() => AlertType, { description: 'Ends the alert. Resolving twice answers the resolved one.' })
  resolveAlert(
    @Arg('id', () => ID) id: string,
    @Arg('note', () => String, { nullable: true }) note: string | null,
    @Ctx() { services, caller }: GraphQLContext,
  ): Promise<Alert> {
    return resolveAlert(services.store, cleanId(id, 'id'), actorOf(caller), cleanNote(note))
  }

  @Subscription(() => AlertType, {
    description: 'Alerts raised, brought up to date, acknowledged or resolved.',
    subscribe: ({ args, context }) => context.services.changeFeed.alerts(cleanAlertFilter(args.filter)),
  })
  alertChanged(
    @Arg('filter', () => AlertFilterInput, { nullable: true }) _filter: AlertFilterInput | null,
    @Root() alert: Alert,
  ): Alert {
    return alert
  }

  @FieldResolver(() => ServerType)
  server(@Root() alert: Alert, @Ctx() { loaders }: GraphQLContext): Promise<Server | undefined> {
    return loaders.servers.load(alert.serverId)
  }

  @FieldResolver(() => Boolean, { description: 'Not resolved.' })
  active(@Root() alert: Alert): boolean {
    return alert.resolvedAt === null
  }
}
