import { Arg, Ctx, Extensions, Field, FieldResolver, Float, ObjectType, Resolver, Root } from 'type-graphql'
import type { Availability } from '../core/availability.ts'
import type { Instant, Server } from '../core/types.ts'
import { readAvailability } from '../store/availability.ts'
import { bad } from './clean.ts'
import type { GraphQLContext } from './context.ts'
import { DateTime } from './date-time.ts'
import { RangeLoaders } from './range-loaders.ts'
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
  readonly #loaders = new RangeLoaders<Availability>()

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
    const loader = this.#loaders.for(context, `${from} ${to}`, (store, ids) => readAvailability(store, ids, from, end))
    const { percent, ...lengths } = await loader.load(server.id)
    return {
      percent,
      aliveSeconds: lengths.aliveMs / 1_000,
      offlineSeconds: lengths.offlineMs / 1_000,
      unobservedSeconds: lengths.unobservedMs / 1_000,
      notCountedSeconds: lengths.notCountedMs / 1_000,
    }
  }
}
