import { Arg, Ctx, Extensions, FieldResolver, Int, Query, Resolver, Root, Subscription } from 'type-graphql'
import type { Instant, StatusEvent } from '../core/types.ts'
import { findStatusEvent, listStatusEvents } from '../store/event-log.ts'
import { feedCursor } from '../store/feed-cursor.ts'
import { cleanPage } from './clean.ts'
import { cleanStatusEventFilter } from './clean-input.ts'
import { type Connection, connectionOf } from './connection.type.ts'
import type { GraphQLContext } from './context.ts'
import { DateTime } from './date-time.ts'
import { StatusEventFilterInput } from './status-event.input.ts'
import { StatusEventConnectionType, StatusEventType } from './status-event.type.ts'

@Resolver(() => StatusEventType)
export class StatusEventResolver {
  @Query(() => StatusEventConnectionType, { description: 'Oldest first; `last` alone gives the newest.' })
  async statusEvents(
    @Arg('filter', () => StatusEventFilterInput, { nullable: true }) filter: StatusEventFilterInput | null,
    @Arg('first', () => Int, { nullable: true }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Arg('last', () => Int, { nullable: true }) last: number | null,
    @Arg('before', () => String, { nullable: true }) before: string | null,
    @Ctx() { services }: GraphQLContext,
  ): Promise<Connection<StatusEvent>> {
    const request = cleanPage({ first, after, last, before })
    return connectionOf(await listStatusEvents(services.store, cleanStatusEventFilter(filter), request))
  }

  @Query(() => StatusEventType, { nullable: true, description: 'Null where it is no longer kept.' })
  async statusEvent(
    @Arg('cursor', () => String) cursor: string,
    @Ctx() { services }: GraphQLContext,
  ): Promise<StatusEvent | null> {
    return (await findStatusEvent(services.store, cursor)) ?? null
  }

  @Subscription(() => StatusEventType, {
    description:
      'Every change of status: first those after the cursor, then each as it happens, once and in order. Without a cursor it begins now.',
    subscribe: ({ args, context }) =>
      context.services.statusFeed.events(cleanStatusEventFilter(args.filter), args.after ?? null),
  })
  serverStatusChanged(
    @Arg('filter', () => StatusEventFilterInput, { nullable: true }) _filter: StatusEventFilterInput | null,
    @Arg('after', () => String, { nullable: true }) _after: string | null,
    @Root() event: StatusEvent,
  ): StatusEvent {
    return event
  }

  @FieldResolver(() => String, { description: 'Opaque; resumes the feed after this event.' })
  cursor(@Root() event: StatusEvent, @Ctx() { services }: GraphQLContext): string {
    return feedCursor(services.store, event)
  }

  @Extensions({ cost: 2 })
  @FieldResolver(() => DateTime, {
    nullable: true,
    description: 'When the next change of the same server ended this status; null while it lasts.',
  })
  async until(@Root() event: StatusEvent, @Ctx() { loaders }: GraphQLContext): Promise<Instant | null> {
    return (await loaders.eventEnds.load(event.id)) ?? null
  }
}
