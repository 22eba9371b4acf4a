import DataLoader from 'dataloader'
import { Arg, Ctx, Extensions, Field, FieldResolver, Float, ObjectType, Resolver, Root } from 'type-graphql'
import type { Availability } from '../core/availability.ts'
import type { Instant, Server, ServerId } from '../core/types.ts'
import { readAvailability } from '../store/availability.ts'
import type { Store } from '../store/store.ts'
import { bad } from './clean.ts'
import type { GraphQLContext } from './context.ts'
import { DateTime } from './date-time.ts'
import { ServerType } from './server.type.ts'

@ObjectType('Availability', {
  description:
    'How a range of time divides; what we could not observe, waiting and suspension are left out of `percent`.',
})
export class AvailabilityType {
  @Field(() => Float, { nullable: true, description: 'Alive among alive and offline; null where there is neither.' })
  readonly percent!: number | null

  @Field(() => Float)
  readonly aliveSeconds!: number

  @Field(() => Float)
  readonly offlineSeconds!: number

  @Field(() => Float)
  readonly unobservedSeconds!: number

  @Field(() => Float, { description: 'Not created yet, waiting for its first heartbeat, or suspended.' })
  readonly notCountedSeconds!: number
}

@Resolver(() => ServerType)
export class AvailabilityResolver {
  readonly #loaders = new WeakMap<GraphQLContext, Map<string, DataLoader<ServerId, Availability>>>()

  @Extensions({ cost: 20 })
  @FieldResolver(() => AvailabilityType, { description: 'From `from` to `to`; to now where that is left out.' })
  async availability(
    @Root() server: Server,
    @Arg('from', () => DateTime) from: Instant,
    @Arg('to', () => DateTime, { nullable: true }) to: Instant | null,
    @Ctx() context: GraphQLContext,
  ): Promise<AvailabilityType> {
    const end = to ?? Date.now()
    if (from >= end) throw bad('from', 'must be before to.')
    const { percent, ...lengths } = await this.#loaderFor(context, from, to, end).load(server.id)
    return {
      percent,
      aliveSeconds: lengths.aliveMs / 1_000,
      offlineSeconds: lengths.offlineMs / 1_000,
      unobservedSeconds: lengths.unobservedMs / 1_000,
      notCountedSeconds: lengths.notCountedMs / 1_000,
    }
  }

  /** One loader a range and request: a list costs two statements, however long it is. */
  #loaderFor(context: GraphQLContext, from: Instant, to: Instant | null, end: Instant) {
    const byRange = this.#loaders.get(context) ?? new Map<string, DataLoader<ServerId, Availability>>()
    this.#loaders.set(context, byRange)
    const key = `${from} ${to}`
    const loader = byRange.get(key) ?? loaderOf(context.services.store, from, end)
    byRange.set(key, loader)
    return loader
  }
}

function loaderOf(store: Store, from: Instant, to: Instant): DataLoader<ServerId, Availability> {
  return new DataLoader(
    async (ids) => {
      const found = await readAvailability(store, [...new Set(ids)], from, to)
      return ids.map((id) => found.get(id) as Availability)
    },
    { cache: false },
  )
}
