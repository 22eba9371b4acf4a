import { Arg, Ctx, Extensions, FieldResolver, ID, Int, Mutation, Resolver, Root } from 'type-graphql'
import { NO_RHYTHM } from '../core/rhythm.ts'
import type { Farewell, FarewellReason, Server } from '../core/types.ts'
import { parseServerId } from '../ingest/entries.ts'
import { cleanBackIn } from '../ingest/farewell.ts'
import { recordFarewell } from '../store/farewells.ts'
import type { GraphQLContext } from './context.ts'
import { FarewellReasonEnum } from './enums.ts'
import { FarewellType } from './farewell.type.ts'
import { rhythmFigures } from './rhythm.ts'
import { HeartbeatRhythmType } from './rhythm.type.ts'
import { HeartbeatType } from './server.type.ts'

/** Adds to a server's heartbeat what has to be looked up: its agent's goodbye, and its rhythm. */
@Resolver(() => HeartbeatType)
export class HeartbeatQualityResolver {
  @Mutation(() => FarewellType, {
    description:
      'An agent says why it ends and, if it expects so, in how many seconds (up to 86,400) it will be back. It changes no status; the next heartbeat makes it void.',
  })
  recordFarewell(
    @Arg('serverId', () => ID) serverId: string,
    @Arg('reason', () => FarewellReasonEnum) reason: FarewellReason,
    @Arg('expectedBackInSeconds', () => Int, { nullable: true }) backInSeconds: number | null,
    @Ctx() { services }: GraphQLContext,
  ): Promise<Farewell> {
    const id = parseServerId(serverId, 'serverId')
    return recordFarewell(services.store, id, reason, cleanBackIn(backInSeconds, 'expectedBackInSeconds'))
  }

  @FieldResolver(() => FarewellType, {
    nullable: true,
    description: 'What the agent said when it ended; null once it is heard again.',
  })
  async farewell(@Root() server: Server, @Ctx() { loaders }: GraphQLContext): Promise<Farewell | null> {
    return (await loaders.farewells.load(server.id)) ?? null
  }

  @Extensions({ cost: 10 })
  @FieldResolver(() => HeartbeatRhythmType)
  async rhythm(@Root() server: Server, @Ctx() { loaders }: GraphQLContext): Promise<HeartbeatRhythmType> {
    const rhythm = await loaders.rhythms.load(server)
    return rhythmFigures(rhythm ?? { rhythm: NO_RHYTHM, gaps: [] }, server, Date.now())
  }
}
