import { Ctx, Extensions, FieldResolver, Query, Resolver, Root } from 'type-graphql'
import type { HubState } from '../core/types.ts'
import { listHubs } from '../store/hubs.ts'
import type { GraphQLContext } from './context.ts'
import { HubType } from './hub.type.ts'

@Resolver(() => HubType)
export class HubResolver {
  @Extensions({ listSize: 10 })
  @Query(() => [HubType], {
    description:
      'The hubs that share the database, live ones first. One that did not stop in order is listed for a day.',
  })
  hubs(@Ctx() { services }: GraphQLContext): Promise<HubState[]> {
    return listHubs(services.store)
  }

  @FieldResolver(() => Boolean, { description: 'It is the one that answers.' })
  isSelf(@Root() hub: HubState, @Ctx() { services }: GraphQLContext): boolean {
    return hub.id === services.store.hubId
  }
}
