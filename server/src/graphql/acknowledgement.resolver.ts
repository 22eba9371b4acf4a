import { Arg, Ctx, ID, Mutation, Resolver } from 'type-graphql'
import type { Server } from '../core/types.ts'
import { parseServerId } from '../ingest/entries.ts'
import { acknowledgeStatus, unacknowledgeStatus } from '../store/acknowledge-status.ts'
import { cleanNote } from './clean-input.ts'
import { actorOf, type GraphQLContext } from './context.ts'
import { ServerType } from './server.type.ts'

/** Somebody knows of a status. Alerts are acknowledged by `AlertResolver`. */
@Resolver(() => ServerType)
export class AcknowledgementResolver {
  @Mutation(() => ServerType, {
    description:
      'Says that somebody knows of an OFFLINE or WARNING server. It changes no status; the next change clears it.',
  })
  acknowledgeStatus(
    @Arg('serverId', () => ID) serverId: string,
    @Arg('note', () => String, { nullable: true }) note: string | null,
    @Ctx() { services, caller }: GraphQLContext,
  ): Promise<Server> {
    const id = parseServerId(serverId, 'serverId')
    return acknowledgeStatus(services.store, id, actorOf(caller), cleanNote(note))
  }

  @Mutation(() => ServerType, { description: 'Takes the acknowledgement back. Twice changes nothing.' })
  unacknowledgeStatus(
    @Arg('serverId', () => ID) serverId: string,
    @Ctx() { services }: GraphQLContext,
  ): Promise<Server> {
    return unacknowledgeStatus(services.store, parseServerId(serverId, 'serverId'))
  }
}
