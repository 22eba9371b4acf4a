import type { GraphQLResolveInfo } from 'graphql'
import {
  Arg,
  Ctx,
  Extensions,
  FieldResolver,
  ID,
  Info,
  Int,
  Mutation,
  Resolver,
  Root,
  Subscription,
} from 'type-graphql'
import type { Instant, Server, ServerId } from '../core/types.ts'
import { Refusal } from '../errors.ts'
import { cleanAgentFacts, parseServerId } from '../ingest/entries.ts'
import { bad } from './clean.ts'
import type { GraphQLContext } from './context.ts'
import { DateTime } from './date-time.ts'
import { HeartbeatInput, RETRIES, SENT_AT } from './heartbeat.input.ts'
import { type HeartbeatReceipt, HeartbeatReceiptType, HeartbeatResultType } from './heartbeat.type.ts'
import { MAX_ENTRIES, recordBeat, recordEntry } from './record-beat.ts'
import { selectsOnly } from './selection.ts'
import { ServerType } from './server.type.ts'

@Resolver(() => HeartbeatReceiptType)
export class HeartbeatResolver {
  @Mutation(() => HeartbeatReceiptType, { description: 'A sign of life. Answered after it is stored.' })
  recordHeartbeat(
    @Arg('serverId', () => ID) serverId: string,
    @Arg('agentVersion', () => String, { nullable: true }) agentVersion: string | null,
    @Arg('bootId', () => String, { nullable: true }) bootId: string | null,
    @Arg('agentStartedAt', () => DateTime, { nullable: true }) agentStartedAt: Instant | null,
    @Arg('retries', () => Int, { nullable: true, description: RETRIES }) retries: number | null,
    @Arg('sentAt', () => DateTime, { nullable: true, description: SENT_AT }) sentAt: Instant | null,
    @Ctx() context: GraphQLContext,
  ): Promise<HeartbeatReceipt> {
    const id = parseServerId(serverId, 'serverId')
    const agent = cleanAgentFacts({ agentVersion, bootId, agentStartedAt, retries, sentAt })
    return recordBeat(context.services, id, agent, context.arrivedAtMs)
  }

  @Extensions({ listSize: { argument: 'input' } })
  @Mutation(() => [HeartbeatResultType], {
    description: 'For relays: a receipt or an error code for each entry, in their order. Up to 2,000 entries.',
  })
  async recordHeartbeats(
    @Arg('input', () => [HeartbeatInput]) input: readonly HeartbeatInput[],
    @Ctx() context: GraphQLContext,
  ): Promise<HeartbeatResultType[]> {
    if (input.length > MAX_ENTRIES) throw bad('input', `must not have more than ${MAX_ENTRIES} entries.`)
    return Promise.all(input.map((entry) => recordEntry(context, entry)))
  }

  @Subscription(() => HeartbeatReceiptType, {
    description: 'Heartbeats of one server, at most one a second, whichever hub took them.',
    subscribe: ({ args, context }) => followHeartbeats(context, parseServerId(args.serverId, 'serverId')),
  })
  heartbeatRecorded(@Arg('serverId', () => ID) _serverId: string, @Root() receipt: HeartbeatReceipt): HeartbeatReceipt {
    return receipt
  }

  /** Needs no look-up for what agents ask for: id and name. A caller without a credential gets no more than those. */
  @FieldResolver(() => ServerType)
  async server(
    @Root() { serverId, name }: HeartbeatReceipt,
    @Ctx() { caller, loaders }: GraphQLContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Partial<Server>> {
    if (selectsOnly(info, name === undefined ? ['id'] : ['id', 'name'])) return { id: serverId, name }
    if (caller.kind === 'anonymous')
      throw new Refusal('UNAUTHENTICATED', 'Without a credential only id and name are shown.')

    const server = await loaders.servers.load(serverId)
    if (!server) throw notFound()
    return server
  }
}

async function followHeartbeats(
  { loaders, services }: GraphQLContext,
  serverId: ServerId,
): Promise<AsyncIterable<HeartbeatReceipt>> {
  const server = await loaders.servers.load(serverId)
  if (!server || server.deletedAt !== null) throw notFound()
  return services.changeFeed.heartbeats(serverId)
}

function notFound(): Refusal {
  return new Refusal('SERVER_NOT_FOUND', 'No server has this id.')
}
