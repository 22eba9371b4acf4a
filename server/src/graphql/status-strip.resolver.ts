import { Arg, Ctx, Extensions, FieldResolver, Int, Query, Resolver, Root } from 'type-graphql'
import type { Cut } from '../core/buckets.ts'
import type { StripStatus } from '../core/strip.ts'
import type { Instant, Server } from '../core/types.ts'
import { type FleetBucket, readFleetHistory, readStrips } from '../store/strips.ts'
import { bad } from './clean.ts'
import type { GraphQLContext } from './context.ts'
import { DateTime } from './date-time.ts'
import { StripStatusEnum } from './enums.ts'
import { RangeLoaders } from './range-loaders.ts'
import { ServerType } from './server.type.ts'
import { FleetBucketType } from './status-strip.type.ts'

const MAX_BUCKETS = 400
const MAX_DAYS = 100
const DAY_MS = 86_400_000

@Resolver(() => ServerType)
export class StatusStripResolver {
  readonly #loaders = new RangeLoaders<StripStatus[]>()

  @Extensions({ cost: 60 })
  @FieldResolver(() => [StripStatusEnum], {
    description:
      'The worst status in each of up to 400 equal stretches, the oldest first. The range ends at `to`, or now.',
  })
  statusStrip(
    @Root() server: Server,
    @Arg('from', () => DateTime) from: Instant,
    @Arg('to', () => DateTime, { nullable: true }) to: Instant | null,
    @Arg('buckets', () => Int) buckets: number,
    @Ctx() context: GraphQLContext,
  ): Promise<StripStatus[]> {
    const cut = cleanCut(from, to, buckets)
    const loader = this.#loaders.for(context, `${from} ${to} ${buckets}`, (store, ids) => readStrips(store, ids, cut))
    return loader.load(server.id)
  }
}

@Resolver()
export class FleetHistoryResolver {
  /** One at a time: each reads the events of a whole fleet. */
  #last: Promise<unknown> = Promise.resolve()

  @Extensions({ cost: 20_000 })
  @Query(() => [FleetBucketType], {
    description:
      'The whole fleet in each of up to 400 equal stretches, the oldest first. The range ends at `to`, or now.',
  })
  async fleetHistory(
    @Arg('from', () => DateTime) from: Instant,
    @Arg('to', () => DateTime, { nullable: true }) to: Instant | null,
    @Arg('buckets', () => Int) buckets: number,
    @Ctx() { services }: GraphQLContext,
  ): Promise<FleetBucketType[]> {
    const cut = cleanCut(from, to, buckets)
    const read = this.#last.then(() => readFleetHistory(services.store, cut))
    this.#last = read.catch(() => undefined)
    return (await read).map(shown)
  }
}

function shown({ at, counts, unobservedMs }: FleetBucket): FleetBucketType {
  return {
    at,
    online: counts.ONLINE,
    warning: counts.WARNING,
    offline: counts.OFFLINE,
    neverSeen: counts.NEVER_SEEN,
    suspended: counts.SUSPENDED,
    unobserved: counts.UNOBSERVED,
    unobservedSeconds: unobservedMs / 1_000,
  }
}

function cleanCut(from: Instant, to: Instant | null, buckets: number): Cut {
  const end = to ?? Date.now()
  if (from >= end) throw bad('from', 'must be before to.')
  if (end - from > MAX_DAYS * DAY_MS) throw bad('from', `must not be more than ${MAX_DAYS} days before to.`)
  if (buckets < 1 || buckets > MAX_BUCKETS) throw bad('buckets', `must be from 1 to ${MAX_BUCKETS}.`)
  return { origin: from, widthMs: (end - from) / buckets, size: buckets }
}
