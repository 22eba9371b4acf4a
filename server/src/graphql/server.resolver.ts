import { Arg, Ctx, Extensions, FieldResolver, ID, Int, Query, Resolver, Root, Subscription } from 'type-graphql'
import type { Alert, Anomaly, Server, StatusEvent } from '../core/types.ts'
import { parseServerId } from '../ingest/entries.ts'
import type { ServerChange } from '../publish/server-view.ts'
import { listStatusEvents } from '../store/event-log.ts'
import type { FleetServer } from '../store/fleet.ts'
import { listServers, type ServerOrder } from '../store/server-list.ts'
import { AlertType } from './alert.type.ts'
import { AnomalyType } from './anomaly.type.ts'
import { cleanPage } from './clean.ts'
import { cleanServerFilter } from './clean-input.ts'
import { type Connection, connectionOf } from './connection.type.ts'
import type { GraphQLContext } from './context.ts'
import { ServerOrderEnum } from './enums.ts'
import { explainDeleted, explanationOf } from './explanation.ts'
import { ServerFilterInput } from './server.input.ts'
import { HeartbeatType, ServerChangeType, ServerType, StatusExplanationType } from './server.type.ts'
import { ServerConnectionType } from './server-connection.type.ts'
import { StatusEventConnectionType } from './status-event.type.ts'

/** Of the fleet's snapshot it is known what is active; for ten thousand rows a promise each is dear. */
type Listed = Server & Partial<Pick<FleetServer, 'activeAlerts' | 'activeAnomalies'>>
type Awaitable<T> = T | Promise<T>

@Resolver(() => ServerType)
export class ServerResolver {
  @Query(() => ServerType, { nullable: true, description: 'Null where no server has this id.' })
  async server(@Arg('id', () => ID) id: string, @Ctx() { loaders }: GraphQLContext): Promise<Server | null> {
    const server = await loaders.servers.load(parseServerId(id, 'id'))
    return server && server.deletedAt === null ? server : null
  }

  @Query(() => ServerConnectionType)
  async servers(
    @Arg('filter', () => ServerFilterInput, { nullable: true }) filter: ServerFilterInput | null,
    @Arg('orderBy', () => ServerOrderEnum, { nullable: true, defaultValue: 'ID' }) orderBy: ServerOrder | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 50 }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() { services }: GraphQLContext,
  ): Promise<ServerConnectionType> {
    const request = cleanPage({ first, after })
    const page = await listServers(services.store, cleanServerFilter(filter), orderBy ?? 'ID', request)
    return { ...connectionOf(page), totalCount: page.totalCount, feedCursor: page.feedCursor }
  }

  @Subscription(() => ServerChangeType, {
    description:
      'Servers created, changed or deleted: lists stay true without polling. With a filter also those that begin to pass it (UPDATED) or do not any more (LEFT_FILTER), by their status too.',
    subscribe: ({ args, context }) => context.services.changeFeed.servers(cleanServerFilter(args.filter)),
  })
  serverChanged(
    @Arg('filter', () => ServerFilterInput, { nullable: true }) _filter: ServerFilterInput | null,
    @Root() change: ServerChange,
  ): ServerChange {
    return change
  }

  @Extensions({ atHand: true })
  @FieldResolver(() => HeartbeatType)
  heartbeat(@Root() server: Server): Server {
    return server
  }

  @FieldResolver(() => StatusExplanationType)
  async statusExplanation(@Root() server: Server, @Ctx() { loaders }: GraphQLContext): Promise<StatusExplanationType> {
    const verdict = await loaders.verdicts.load(server.id)
    return verdict ? explanationOf(verdict) : explainDeleted(server)
  }

  // Most servers have none: over a fleet, one each is more than enough.
  @Extensions({ listSize: 1, atHand: true })
  @FieldResolver(() => [AlertType])
  activeAlerts(@Root() server: Listed, @Ctx() { loaders }: GraphQLContext): Awaitable<readonly Alert[]> {
    return server.activeAlerts ?? loaders.activeAlerts.load(server.id).then((found) => found ?? [])
  }

  @Extensions({ listSize: 1, atHand: true })
  @FieldResolver(() => [AnomalyType])
  activeAnomalies(@Root() server: Listed, @Ctx() { loaders }: GraphQLContext): Awaitable<readonly Anomaly[]> {
    return server.activeAnomalies ?? loaders.activeAnomalies.load(server.id).then((found) => found ?? [])
  }

  /** Asks once for each server, so that it is dear: few of a list's rows can have it. */
  @Extensions({ cost: 25_000 })
  @FieldResolver(() => StatusEventConnectionType, { description: 'Oldest first; `last` alone gives the newest.' })
  async statusEvents(
    @Root() server: Server,
    @Arg('first', () => Int, { nullable: true }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Arg('last', () => Int, { nullable: true }) last: number | null,
    @Arg('before', () => String, { nullable: true }) before: string | null,
    @Ctx() { services }: GraphQLContext,
  ): Promise<Connection<StatusEvent>> {
    const request = cleanPage({ first, after, last, before })
    return connectionOf(await listStatusEvents(services.store, { serverIds: [server.id] }, request))
  }
}
