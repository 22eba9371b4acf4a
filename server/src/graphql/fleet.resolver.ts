import type { GraphQLResolveInfo } from 'graphql'
import { Arg, Ctx, Info, Query, Resolver } from 'type-graphql'
import type { Instant, ObservationGap } from '../core/types.ts'
import { type FleetDetail, type FleetServer, readFleet } from '../store/fleet.ts'
import { listObservationGaps } from '../store/observation-gaps.ts'
import { cleanRange } from './clean.ts'
import type { GraphQLContext } from './context.ts'
import { DateTime } from './date-time.ts'
import { FleetType } from './fleet.type.ts'
import { inTurns } from './in-turns.ts'
import { selects, selectsOnly } from './selection.ts'
import { ObservationGapType } from './status-event.type.ts'

/** Fields of a server that need no more of it than lists show. */
const LISTED_FIELDS = [
  'id',
  'name',
  'tags',
  'offlineAfterSeconds',
  'suspended',
  'status',
  'statusReason',
  'statusSince',
  'createdAt',
  'statusAcknowledgement',
  'heartbeat',
  'activeAlerts',
  'activeAnomalies',
] satisfies readonly (keyof FleetServer | 'heartbeat')[]
const LISTED_OF_HEARTBEAT = ['lastHeartbeatAt'] satisfies readonly (keyof FleetServer)[]

function detailOf(info: GraphQLResolveInfo): FleetDetail {
  if (!selects(info, 'servers')) return 'counts'
  return selectsOnly(info, LISTED_FIELDS, ['servers']) &&
    selectsOnly(info, LISTED_OF_HEARTBEAT, ['servers', 'heartbeat'])
    ? 'listed'
    : 'whole'
}

@Resolver()
export class FleetResolver {
  @Query(() => FleetType, { description: 'Counts, servers and the feed’s cursor in one snapshot.' })
  async fleet(@Ctx() { services }: GraphQLContext, @Info() info: GraphQLResolveInfo): Promise<FleetType> {
    const { cursor, counts, servers } = await readFleet(services.store, detailOf(info))
    return { cursor, counts, servers: inTurns(servers) }
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
