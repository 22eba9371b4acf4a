import type { GraphQLResolveInfo } from 'graphql'
import { Arg, Ctx, Info, Query, Resolver } from 'type-graphql'
import type { Instant, ObservationGap } from '../core/types.ts'
import { type Fleet, readFleet } from '../store/fleet.ts'
import { listObservationGaps } from '../store/observation-gaps.ts'
import { cleanRange } from './clean.ts'
import type { GraphQLContext } from './context.ts'
import { DateTime } from './date-time.ts'
import { FleetType } from './fleet.type.ts'
import { selects } from './selection.ts'
import { ObservationGapType } from './status-event.type.ts'

@Resolver()
export class FleetResolver {
  @Query(() => FleetType, { description: 'Counts, servers and the feed’s cursor in one snapshot.' })
  fleet(@Ctx() { services }: GraphQLContext, @Info() info: GraphQLResolveInfo): Promise<Fleet> {
    return readFleet(services.store, selects(info, 'servers'))
  }

  @Query(() => [ObservationGapType], { description: 'Gaps that touch the range, oldest first.' })
  observationGaps(
    @Arg('from', () => DateTime, { nullable: true }) from: Instant | null,
    @Arg('to', () => DateTime, { nullable: true }) to: Instant | null,
    @Ctx() { services }: GraphQLContext,
  ): Promise<ObservationGap[]> {
    return listObservationGaps(services.store, ...cleanRange(from, to))
  }
}
